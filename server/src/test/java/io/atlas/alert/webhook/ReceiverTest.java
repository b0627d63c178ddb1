package io.atlas.alert.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.alert.Delivery.State;
import io.atlas.endings.Await;
import io.atlas.testing.HookReceiver;
import io.atlas.testing.HookReceiver.Came;
import io.atlas.testing.HookReceiver.Manner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a receiver may ask of the courier: to be known by two secrets for a while, and to be told later. */
@Timeout(60)
class ReceiverTest {
    private static final Instant NIGHT = Instant.parse("2026-11-26T23:00:00Z");

    @TempDir
    Path folder;

    private final HookReceiver receiver = HookReceiver.start();

    @AfterEach
    void stop() {
        receiver.close();
    }

    @Test
    void whileASecretTakesThePlaceOfAnotherBothSign() throws Exception {
        String both = at50().replace(
                        HookReceiver.SECRET + " }",
                        HookReceiver.SECRET + ", previousSecret: " + HookReceiver.PREVIOUS_SECRET + " }");
        try (Office office = new Office(folder, both, NIGHT)) {
            office.use(500);
            office.begin();
            Await.until("told", () -> receiver.came().size() == 1);

            Came came = receiver.came().getFirst();
            assertThat(came.isTakenBy(HookReceiver.SECRET)).isTrue();
            assertThat(came.isTakenBy(HookReceiver.PREVIOUS_SECRET)).isTrue();
            assertThat(came.isTakenBy("whsec_" + "A".repeat(32))).isFalse();
        }
    }

    @ParameterizedTest(name = "{0}: not before {1} seconds")
    @CsvSource(
            delimiter = '|',
            value = {"600 | 600", "Thu, 26 Nov 2026 23:20:00 GMT | 1200", "999999 | 3600", "7 | 60"})
    void aReceiverIsToldAgainWhenItAsksToBeButNotSoonerAndNotForEverLater(String asked, int seconds) throws Exception {
        receiver.that(new Manner.Postpones(429, asked));
        try (Office office = new Office(folder, at50(), NIGHT)) {
            office.use(600);
            office.begin();
            Await.until(
                    "put off",
                    () -> !office.deliveries().isEmpty()
                            && office.deliveries().getFirst().attempts().size() == 1);
            assertThat(office.log().due(micros(NIGHT.plusSeconds(seconds - 1)))).isEmpty();
            assertThat(office.log().due(micros(NIGHT.plusSeconds(seconds + seconds / 5 + 1))))
                    .containsExactly("hook0");

            receiver.that(new Manner.Answers(204));
            office.advance(Duration.ofSeconds(seconds + seconds / 5 + 1));
            Await.until("taken", () -> office.deliveries().getFirst().state() == State.DELIVERED);
        }
    }

    private static long micros(Instant moment) {
        return moment.getEpochSecond() * 1_000_000;
    }

    private String at50() {
        return """
                alerts:
                  webhooks: { hook0: { url: "%s", secret: %s } }
                  budgets: [ { at: [ 50%% ], to: [ hook0 ] } ]
                """.formatted(receiver.uri(), HookReceiver.SECRET);
    }
}
