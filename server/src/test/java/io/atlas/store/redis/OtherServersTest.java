package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.Access;
import io.atlas.testing.RealRedis;
import io.atlas.testing.ServerKind;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scripts do on other servers what they do on that of {@link DifferentialTest}. */
class OtherServersTest {
    private static final int SEEDS = 10;
    private static final int COMMANDS = 2_000;

    static List<ServerKind> kinds() {
        return ServerKind.others();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("kinds")
    void itIsCalledByItsOwnNameAndVersion(ServerKind kind) {
        try (RealRedis redis = RealRedis.start(kind, Access.FREE);
                Link link = Link.open(redis.url(), Scripts.bundled())) {
            String[] name = kind.name().split("-", 2);
            assertThat(link.health().unfit()).isEmpty();
            assertThat(link.health().version()).contains(name[0].equals("valkey") ? name[1] + " of Valkey" : ".");
        }
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("kinds")
    void theScriptsAgreeWithTheKernelInEveryReplyAndEveryCounter(ServerKind kind) {
        try (RealRedis redis = RealRedis.start(kind, Access.FREE);
                Link link = Link.open(redis.url(), Scripts.bundled())) {
            Steps steps = new Steps(link, "n1", Steps.Clock.GIVEN);
            LongStream.range(0, SEEDS).forEach(seed -> new Histories(steps, seed).play(COMMANDS));
        }
    }
}
