package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.atlas.kernel.route.Option.Promise;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ExperienceTest {
    private static final long SECOND = 1_000_000;
    private static final Sla SLA = new Sla(Optional.of(Duration.ofSeconds(2)), OptionalInt.of(20));

    @Test
    void oneOfWhichNothingIsKnownIsThoughtWellOf() {
        assertThat(Experience.NONE.outlook(SLA, 0).promise()).isEqualTo(Promise.KEPT);
    }

    @Test
    void oneThatIsLateOrSlowMissesWhatIsPromisedAndNothingElse() {
        Experience late = Experience.NONE.firstToken(3 * SECOND, 0);
        assertThat(late.outlook(SLA, 0).promise()).isEqualTo(Promise.MISSED);
        assertThat(late.outlook(Sla.NONE, 0).promise()).isEqualTo(Promise.KEPT);
        Experience slow = Experience.NONE.firstToken(SECOND, 0).pace(10, 0);
        assertThat(slow.outlook(SLA, 0).promise()).isEqualTo(Promise.MISSED);
        assertThat(Experience.NONE
                        .firstToken(SECOND, 0)
                        .pace(30, 0)
                        .outlook(SLA, 0)
                        .promise())
                .isEqualTo(Promise.KEPT);
    }

    @Test
    void itIsJudgedByNineInTen() {
        SplittableRandom random = new SplittableRandom(3);
        Experience experience = Experience.NONE;
        double sum = 0;
        int rounds = 5_000;
        for (int i = 0; i < rounds; i++) {
            double seconds = Math.exp(0.5 * random.nextGaussian());
            experience = experience.firstToken(Math.round(seconds * SECOND), i * SECOND / 10);
            sum += experience.outlook(SLA, i * SECOND / 10).firstTokenMicros() / (double) SECOND;
        }
        assertThat(sum / rounds).isCloseTo(Math.exp(0.5 * 1.2816), within(0.15));
    }

    @Test
    void whatWasSeenIsForgottenAndThenOneRequestTriesAgain() {
        Experience late = Experience.NONE;
        for (int i = 0; i < 100; i++) {
            late = late.firstToken(10 * SECOND, i);
        }
        assertThat(late.outlook(SLA, 300 * SECOND).promise()).isEqualTo(Promise.MISSED);
        assertThat(late.outlook(SLA, 330 * SECOND).promise()).isEqualTo(Promise.KEPT);
        assertThat(late.firstToken(10 * SECOND, 330 * SECOND)
                        .outlook(SLA, 330 * SECOND)
                        .promise())
                .isEqualTo(Promise.MISSED);
        Experience well = late.firstToken(SECOND / 10, 330 * SECOND);
        for (int i = 0; i < 20; i++) {
            well = well.firstToken(SECOND / 10, 330 * SECOND);
        }
        assertThat(well.outlook(SLA, 330 * SECOND).promise()).isEqualTo(Promise.KEPT);
    }

    @Test
    void oneThatFailsOftenKeepsNoPromise() {
        Experience often = Experience.NONE;
        Experience seldom = Experience.NONE;
        for (int i = 0; i < 50; i++) {
            often = i % 5 == 0 ? often.failed(0) : often.served(0);
            seldom = i % 50 == 0 ? seldom.failed(0) : seldom.served(0);
        }
        assertThat(often.outlook(Sla.NONE, 0).promise()).isEqualTo(Promise.MISSED);
        assertThat(seldom.outlook(Sla.NONE, 0).promise()).isEqualTo(Promise.KEPT);
    }
}
