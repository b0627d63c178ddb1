package io.atlas.replay.redis;

import io.atlas.replay.RequestName;
import io.atlas.secret.Digest;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Who serves a retry that comes to several nodes at once while none has an answer: who says first that he does. It is
 * written down in the server for a few seconds, under a digest of the request. That is longer than a node looks for an
 * answer before it says so, and who looks later finds the answer itself.
 */
final class Claims {
    /** In whose place nobody says it. */
    static final String NOBODY = "";

    /** Between the number of what is said and the node that says it. */
    static final String BY = ":";

    private static final String KEY = "atlas:again:";
    private static final String LIFE_MILLIS = "10000";
    private static final long PATIENCE_MILLIS = 500;

    private static final String FIRST = """
            local holder = redis.call('GET', KEYS[1])
            if holder and holder ~= ARGV[2] then return holder end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
            return ARGV[1]
            """;

    private final Bus bus;

    Claims(Bus bus) {
        this.bus = bus;
    }

    /**
     * Says that it is served here; completes with what was said before where that was said by another, else with what is
     * said now. Fails where the server does not answer.
     *
     * @param own what is said: a number that this node has not used, and the node
     * @param inPlaceOf what was said before and does not count any more
     */
    CompletionStage<String> claim(RequestName.Printed name, String own, String inPlaceOf) {
        return bus.run(FIRST, key(name), own, inPlaceOf, LIFE_MILLIS)
                .toCompletableFuture()
                .copy()
                .orTimeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** The node that has said it. */
    static String node(String claim) {
        return claim.substring(claim.indexOf(BY) + BY.length());
    }

    private static String key(RequestName.Printed name) {
        return KEY + Digest.of(Packet.of(name)).hex();
    }
}
