package io.atlas.pool;

import io.atlas.kernel.pool.Learned;
import io.atlas.kernel.pool.Told;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Usage;
import io.atlas.model.Pool;
import io.atlas.store.QuotaStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The upstream quotas as this node sees them: their limits, which are counted where all limits are, and what their
 * providers said. Safe for use by several threads.
 */
public final class Pools {
    private final Map<String, Learned> learned = new ConcurrentHashMap<>();

    /** A quota, and the limits that it has in force. */
    public record Source(Pool pool, LimitPath limits) {}

    /** Holds the demand, where there is room for it by the limits and by what the provider said. */
    public CompletionStage<Drawing> draw(QuotaStore store, String id, Source source, Demand demand, long nowMicros) {
        long waitMicros = waitMicros(source.pool, demand, nowMicros);
        if (waitMicros > 0) {
            return CompletableFuture.completedStage(new Drawing.Dry(waitMicros));
        }
        List<Limit> limits = source.limits.limits();
        if (limits.stream()
                .anyMatch(limit -> demand.of(limit.spec().kind()) > limit.spec().capacity())) {
            return CompletableFuture.completedStage(new Drawing.TooSmall());
        }
        if (limits.isEmpty()) {
            return CompletableFuture.completedStage(drawn(source.pool, demand, Optional.empty()));
        }
        return store.reserve(id, source.limits, demand, nowMicros).thenApply(verdict -> switch (verdict) {
            case Verdict.Granted granted -> drawn(source.pool, demand, Optional.of(granted.reservation()));
            case Verdict.Refused refused -> new Drawing.Dry(refused.waitMicros());
        });
    }

    private Drawing drawn(Pool pool, Demand demand, Optional<Reservation> held) {
        Learned of = of(pool);
        synchronized (of) {
            return new Drawing.Drawn(new Draw(pool, demand, held, of.take(demand)));
        }
    }

    private long waitMicros(Pool pool, Demand demand, long nowMicros) {
        Learned of = of(pool);
        synchronized (of) {
            return of.waitMicros(demand, nowMicros);
        }
    }

    /** What the provider said with its answer to that. */
    public void hear(Draw draw, List<Told> told, long nowMicros) {
        if (!told.isEmpty()) {
            Learned of = of(draw.pool());
            synchronized (of) {
                of.hear(draw.mark(), told, nowMicros);
            }
        }
    }

    /** The provider refused that, and takes nothing before that moment. */
    public void close(Draw draw, long untilMicros) {
        Learned of = of(draw.pool());
        synchronized (of) {
            of.closed(untilMicros);
        }
    }

    /** What the provider of that pool has said that still holds. */
    public List<Learned.Known> known(Pool pool, long nowMicros) {
        Learned of = of(pool);
        synchronized (of) {
            return of.known(nowMicros);
        }
    }

    /** Nothing was counted of it: it is given back. */
    public CompletionStage<Boolean> release(QuotaStore store, Draw draw, long nowMicros) {
        return draw.held().isPresent()
                ? store.release(draw.held().orElseThrow(), nowMicros)
                : CompletableFuture.completedStage(false);
    }

    /** It was sent, and nobody knows what was counted of it: all that was held. */
    public CompletionStage<Boolean> settle(QuotaStore store, Draw draw, long nowMicros) {
        return settle(store, draw, draw.demand(), nowMicros);
    }

    /** It has used that. */
    public CompletionStage<Boolean> settle(QuotaStore store, Draw draw, Usage usage, long nowMicros) {
        long output = switch (draw.pool().counts()) {
            case REPORTED -> usage.outputTokens();
            case RESERVED -> Math.max(usage.outputTokens(), draw.demand().outputTokens());
        };
        return settle(store, draw, new Demand(usage.inputTokens(), output, 0), nowMicros);
    }

    private static CompletionStage<Boolean> settle(QuotaStore store, Draw draw, Demand used, long nowMicros) {
        return draw.held().isPresent()
                ? store.settle(draw.held().orElseThrow(), used, nowMicros)
                : CompletableFuture.completedStage(false);
    }

    /** Knows these pools, and forgets all others. */
    public void follow(Collection<String> names) {
        learned.keySet().retainAll(names);
    }

    private Learned of(Pool pool) {
        return learned.computeIfAbsent(pool.name(), _ -> new Learned());
    }
}
