package io.atlas.store.redis;

import io.atlas.testing.RealRedis;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The scripts do what the kernel does: see {@link Histories}. */
class DifferentialTest {
    private static final int SEEDS = 100;
    private static final int COMMANDS = 2_000;

    private static RealRedis redis;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Test
    void theScriptsAgreeWithTheKernelInEveryReplyAndEveryCounter() {
        try (Link link = Link.open(redis.url(), Scripts.bundled())) {
            Steps steps = new Steps(link, "n1", Steps.Clock.GIVEN);
            LongStream.range(0, SEEDS).forEach(seed -> new Histories(steps, seed).play(COMMANDS));
        }
    }
}
