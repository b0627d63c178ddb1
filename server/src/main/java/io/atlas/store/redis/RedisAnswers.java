package io.atlas.store.redis;

import io.atlas.replay.AnswerStore;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.MemoryAnswers;
import io.atlas.replay.RequestName;
import io.atlas.store.share.Breaker;
import io.lettuce.core.SetArgs;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The named answers of all nodes, in the Redis that they share: at most 20,000 names and 64 MiB of answers of each node.
 * While it is away each node keeps its own, in its memory, and a name is known on that node alone.
 */
final class RedisAnswers implements AnswerStore {
    private static final Logger LOG = LoggerFactory.getLogger(RedisAnswers.class);

    /** Longer than a step of the counters may take: an answer may be a megabyte. */
    private static final long PATIENCE_MILLIS = 100;

    /** So often it is waited that long while the server is there: one that is late may have given the name to another node. */
    private static final int LOOKS = 5;

    /** After it this node keeps an answer itself, as nobody may have heard it. */
    private static final long HEARD_MILLIS = 2_000;

    private static final int MOST_NAMES = 20_000;
    private static final long MOST_BYTES = 64 << 20;
    private static final long MICROS_PER_MILLI = 1_000;

    private final Link link;
    private final Breaker breaker;
    private final MemoryAnswers here = new MemoryAnswers();
    private final AnswerRoom room = new AnswerRoom(MOST_NAMES, MOST_BYTES, KEPT_MICROS);

    /** What this node has on its way, and the server knows of. */
    private final Set<RequestName.Keyed> claimed = ConcurrentHashMap.newKeySet();

    RedisAnswers(Link link, Breaker breaker) {
        this.link = link;
        this.breaker = breaker;
    }

    @Override
    public CompletionStage<Claim> claim(RequestName.Keyed name, String bodyHex, long nowMicros) {
        Optional<Claim> known = here.known(name, bodyHex, nowMicros);
        if (known.isPresent()) {
            return CompletableFuture.completedStage(known.orElseThrow());
        }
        if (breaker.open()) {
            return here.claim(name, bodyHex, nowMicros);
        }
        CompletionStage<Claim> asked = link.commands()
                .set(AnswerBytes.key(name), AnswerBytes.pending(bodyHex), claim().nx())
                .thenCompose(set -> set == null ? found(name, bodyHex) : granted(name));
        return awaited(asked.toCompletableFuture(), LOOKS).exceptionallyCompose(failure -> {
            failed(failure);
            return here.claim(name, bodyHex, nowMicros);
        });
    }

    private CompletableFuture<Claim> awaited(CompletableFuture<Claim> asked, int looks) {
        return asked.copy()
                .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> asked.isDone() || looks == 1 || breaker.open()
                        ? CompletableFuture.failedFuture(failure)
                        : awaited(asked, looks - 1));
    }

    private CompletionStage<Claim> granted(RequestName.Keyed name) {
        claimed.add(name);
        return CompletableFuture.completedStage(new Claim.Granted());
    }

    /** What has ended between two commands, or is told too late, is as good as on its way: who is told so comes back. */
    private CompletionStage<Claim> found(RequestName.Keyed name, String bodyHex) {
        byte[] key = AnswerBytes.key(name);
        return link.commands()
                .get(key)
                .thenApply(bytes -> {
                    Claim claim = bytes == null ? new Claim.Elsewhere() : AnswerBytes.read(bytes, bodyHex);
                    if (claim instanceof Claim.Answered || claim instanceof Claim.Gone) {
                        told(link.commands().pexpire(key, KEPT_MICROS / MICROS_PER_MILLI));
                    }
                    return claim;
                })
                .toCompletableFuture()
                .completeOnTimeout(new Claim.Elsewhere(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void renew(RequestName.Keyed name, String bodyHex, long nowMicros) {
        if (claimed.contains(name) && !breaker.open()) {
            told(link.commands().set(AnswerBytes.key(name), AnswerBytes.pending(bodyHex), claim()));
        }
    }

    @Override
    public void keep(RequestName.Keyed name, String bodyHex, KeptAnswer answer, long nowMicros) {
        byte[] bytes = AnswerBytes.kept(bodyHex, answer);
        if (!tellsOf(name)) {
            here.keep(name, bodyHex, answer, nowMicros);
        } else if (room.take(bytes.length, nowMicros)) {
            set(name, bytes, () -> here.keep(name, bodyHex, answer, nowMicros));
        } else {
            keepNothing(name, bodyHex, nowMicros);
        }
    }

    @Override
    public void keepNothing(RequestName.Keyed name, String bodyHex, long nowMicros) {
        byte[] bytes = AnswerBytes.gone(bodyHex);
        if (!tellsOf(name) || !room.take(bytes.length, nowMicros)) {
            here.keepNothing(name, bodyHex, nowMicros);
        } else {
            set(name, bytes, () -> here.keepNothing(name, bodyHex, nowMicros));
        }
    }

    @Override
    public void free(RequestName.Keyed name) {
        here.free(name);
        if (claimed.remove(name)) {
            told(link.commands().del(AnswerBytes.key(name)));
        }
    }

    /** Whether the server is to be told of an end: where it knows of the beginning it is, though it seems to be away. */
    private boolean tellsOf(RequestName.Keyed name) {
        return claimed.remove(name) || !breaker.open();
    }

    /** Until the server has heard it, this node knows it by itself. */
    private void set(RequestName.Keyed name, byte[] bytes, Runnable keepHere) {
        if (breaker.open()) {
            keepHere.run();
        }
        told(link.commands()
                .set(AnswerBytes.key(name), bytes, SetArgs.Builder.px(KEPT_MICROS / MICROS_PER_MILLI))
                .toCompletableFuture()
                .copy()
                .orTimeout(HEARD_MILLIS, TimeUnit.MILLISECONDS)
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        keepHere.run();
                    }
                }));
    }

    private static SetArgs claim() {
        return SetArgs.Builder.px(CLAIMED_MICROS / MICROS_PER_MILLI);
    }

    private static void told(CompletionStage<?> command) {
        command.whenComplete((_, failure) -> {
            if (failure != null) {
                failed(failure);
            }
        });
    }

    /** Whether the server is away is decided by those who keep the counters: they ask it all the time. */
    private static void failed(Throwable failure) {
        LOG.atDebug().setCause(failure).log("a named answer could not be asked for or kept");
    }
}
