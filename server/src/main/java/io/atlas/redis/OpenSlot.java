package io.atlas.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * A slot of a cluster whose keys go from one server to another, one by one. A script that ran meanwhile would find some of
 * its keys gone, and break off in the middle, or make anew what is on its way. But a command of several keys of which one is
 * at neither server is carried out by neither of them: so each script names one that never is, and is made again in a while.
 * See the Redis cluster specification, "Multi-key operations".
 */
public final class OpenSlot {
    /** The first line of such a script, which has nothing to do with that key. */
    private static final byte[] FENCED = "KEYS[#KEYS] = nil\n".getBytes(StandardCharsets.US_ASCII);

    private static final String REFUSED = "TRYAGAIN";
    private static final List<String> FORWARDED = List.of("MOVED ", "ASK ");
    private static final long FIRST_PAUSE_MILLIS = 2;

    /** Thirty milliseconds in all: a slot of a few hundred keys has moved by then. */
    private static final long LAST_PAUSE_MILLIS = 16;

    private OpenSlot() {}

    /** The script that does the same, given one key more. */
    public static byte[] fenced(byte[] script) {
        byte[] all = Arrays.copyOf(FENCED, FENCED.length + script.length);
        System.arraycopy(script, 0, all, FENCED.length, script.length);
        return all;
    }

    /** The same keys, of one hash tag, and one that never is. */
    public static byte[][] fenced(byte[][] keys) {
        byte[] first = keys[0];
        int tagged = 0;
        while (first[tagged] != '}') {
            tagged++;
        }
        byte[] never = Arrays.copyOf(first, tagged + 2);
        never[tagged + 1] = '-';
        byte[][] all = Arrays.copyOf(keys, keys.length + 1);
        all[keys.length] = never;
        return all;
    }

    /** Makes a command; where its slot is open makes it again, after pauses that get longer. */
    public static <T> CompletionStage<T> await(Supplier<CompletionStage<T>> command) {
        return await(command, FIRST_PAUSE_MILLIS);
    }

    private static <T> CompletionStage<T> await(Supplier<CompletionStage<T>> command, long pauseMillis) {
        return command.get().exceptionallyCompose(failure -> {
            if (!refused(failure) || pauseMillis > LAST_PAUSE_MILLIS) {
                return CompletableFuture.failedStage(failure);
            }
            Executor later = CompletableFuture.delayedExecutor(pauseMillis, TimeUnit.MILLISECONDS);
            return CompletableFuture.completedStage(command)
                    .thenComposeAsync(again -> await(again, 2 * pauseMillis), later);
        });
    }

    /** Whether a command was not carried out, as its slot was open. */
    public static boolean refused(Throwable failure) {
        return refusal(failure).startsWith(REFUSED);
    }

    /** Whether one server said that another has the key. */
    public static boolean forwarded(Throwable failure) {
        return FORWARDED.stream().anyMatch(refusal(failure)::startsWith);
    }

    private static String refusal(Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        return cause instanceof RedisCommandExecutionException refusal ? String.valueOf(refusal.getMessage()) : "";
    }
}
