package io.atlas.pool;

import io.atlas.config.InForce;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.unit.Period;
import io.atlas.model.Pool;
import io.atlas.model.PoolMove;
import io.atlas.pool.MoveStore.Written;
import io.atlas.time.Ids;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is moved between pools beside what the file says of them. A move is durable first and then in force, so it
 * outlives the process; it ends by itself. Moves wait for each other and for the disk, so they are for worker threads.
 */
public final class Moves {
    /** As many as hold at once. */
    public static final int MOST = 1_000;

    private static final Logger LOG = LoggerFactory.getLogger(Moves.class);
    private static final int ID_BYTES = 6;

    /** How often a move is decided again because another node was first; each time one of them gets through. */
    private static final int MAX_TRIES = 10;

    private static final String ACTOR = "admin";

    private final MoveStore store;
    private final InForce inForce;
    private final TimeSource time;
    private List<PoolMove> moves;

    /** What is to be moved: so much of that limit, which both pools have. */
    public record Wanted(String from, String to, Kind kind, Period per, long amount) {
        private String sort() {
            return kind.word() + "/" + per.word();
        }
    }

    /** What became of a move. */
    public sealed interface Outcome {
        /** It holds. */
        record Moved(PoolMove move) implements Outcome {}

        /** There is no such thing in the configuration; what is said of it. */
        record Unknown(String message) implements Outcome {}

        /** It cannot be. */
        record Conflict(String message) implements Outcome {}

        /** Where moves are kept did not take it. */
        record NotWritten(Throwable cause) implements Outcome {}
    }

    private Moves(MoveStore store, InForce inForce, TimeSource time) {
        this.store = store;
        this.inForce = inForce;
        this.time = time;
        this.moves = holding(store.load());
    }

    /** Puts the moves in force that still hold. */
    public static Moves open(MoveStore store, InForce inForce, TimeSource time) {
        Moves opened = new Moves(store, inForce, time);
        inForce.move(opened.moves);
        return opened;
    }

    /** Those that hold, the oldest first. */
    public synchronized List<PoolMove> holding() {
        return holding(moves);
    }

    /** Ends what has come to its end, and says how many hold. To be called every now and then. */
    public synchronized int expire() {
        List<PoolMove> left = holding(moves);
        if (left.size() < moves.size()) {
            inForce.move(left);
            LOG.atInfo().addKeyValue("ended", moves.size() - left.size()).log("moves between pools have ended");
            moves = left;
        }
        return moves.size();
    }

    /** Moves so much, for that long, or until it is moved back. */
    public synchronized Outcome move(Wanted wanted, Optional<Duration> life, String reason) {
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            Optional<Outcome> outcome = attempt(wanted, life, reason);
            if (outcome.isPresent()) {
                return outcome.orElseThrow();
            }
            refresh();
        }
        return new Outcome.NotWritten(
                new IllegalStateException("another node was first " + MAX_TRIES + " times (expected: once or twice)"));
    }

    /** Takes over what other nodes have moved. Blocks. */
    public synchronized void refresh() {
        List<PoolMove> next = holding(store.load());
        if (!next.equals(moves)) {
            inForce.move(next);
            moves = next;
            LOG.atInfo().addKeyValue("holding", next.size()).log("moves between pools of all nodes in force");
        }
    }

    /** What became of it; nothing where another node was first, so that it has to be decided again. */
    private Optional<Outcome> attempt(Wanted wanted, Optional<Duration> life, String reason) {
        Optional<Outcome> refusal = refusal(wanted);
        if (refusal.isPresent()) {
            return refusal;
        }
        Instant now = now();
        PoolMove move = new PoolMove(
                Ids.hexSecret(ID_BYTES),
                wanted.from,
                wanted.to,
                wanted.kind,
                wanted.per,
                wanted.amount,
                ACTOR,
                reason,
                now,
                life.map(now::plus));
        List<PoolMove> next = new ArrayList<>(holding(moves));
        List<String> ended =
                moves.stream().filter(one -> !one.holds(now)).map(PoolMove::id).toList();
        next.add(move);
        try {
            Written written =
                    store.write(List.of(move), ended).toCompletableFuture().join();
            if (written == Written.OUTDATED) {
                return Optional.empty();
            }
        } catch (CompletionException e) {
            return Optional.of(
                    new Outcome.NotWritten(Optional.ofNullable(e.getCause()).orElse(e)));
        }
        moves = List.copyOf(next);
        inForce.move(moves);
        audit(move);
        return Optional.of(new Outcome.Moved(move));
    }

    private Optional<Outcome> refusal(Wanted wanted) {
        Map<String, Pool> pools = inForce.get().configuration().pools();
        for (String name : List.of(wanted.from, wanted.to)) {
            Optional<Pool> pool = Optional.ofNullable(pools.get(name));
            if (pool.isEmpty()) {
                return Optional.of(new Outcome.Unknown("pool: " + name + " (expected: one of " + pools.keySet() + ")"));
            }
            if (limit(pool.orElseThrow(), wanted).isEmpty()) {
                return Optional.of(new Outcome.Unknown(name + ": no limit " + wanted.sort() + " (expected: one of "
                        + pool.orElseThrow().limits().stream()
                                .map(LimitSpec::sort)
                                .toList() + ")"));
            }
        }
        if (wanted.from.equals(wanted.to)) {
            return Optional.of(new Outcome.Conflict("to: " + wanted.to + " (expected: another pool than from)"));
        }
        if (holding(moves).size() >= MOST) {
            return Optional.of(new Outcome.Conflict("moves: " + MOST + " hold (expected: fewer)"));
        }
        long has = Optional.ofNullable(pools.get(wanted.from))
                .map(pool -> pool.with(holding(moves)))
                .flatMap(pool -> limit(pool, wanted))
                .map(LimitSpec::amount)
                .orElse(0L);
        return wanted.amount < has
                ? Optional.empty()
                : Optional.of(new Outcome.Conflict(
                        wanted.from + ": has " + has + " " + wanted.sort() + " (expected: more than is moved away)"));
    }

    private static Optional<LimitSpec> limit(Pool pool, Wanted wanted) {
        return pool.limits().stream()
                .filter(spec -> spec.sort().equals(wanted.sort()))
                .findFirst();
    }

    private List<PoolMove> holding(List<PoolMove> some) {
        Instant now = now();
        return some.stream().filter(move -> move.holds(now)).toList();
    }

    private static void audit(PoolMove move) {
        LOG.atInfo()
                .addKeyValue("audit", "pool.move")
                .addKeyValue("actor", move.actor())
                .addKeyValue("from", move.from())
                .addKeyValue("to", move.to())
                .addKeyValue("limit", move.sort())
                .addKeyValue("amount", move.amount())
                .addKeyValue("ends", move.ends().map(Instant::toString).orElse("-"))
                .addKeyValue("reason", move.reason())
                .log("moved between pools");
    }

    private Instant now() {
        return Instant.EPOCH.plus(time.epochMicros(), ChronoUnit.MICROS);
    }
}
