package io.atlas.alert.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.alert.Attempt;
import io.atlas.alert.Delivery;
import io.atlas.alert.Delivery.State;
import io.atlas.endings.Await;
import io.atlas.testing.HookReceiver;
import io.atlas.testing.HookReceiver.Came;
import io.atlas.testing.HookReceiver.Manner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

@Timeout(60)
class CourierTest {
    private static final Instant MORNING = Instant.parse("2026-11-26T06:00:00Z");
    private static final Instant NIGHT = Instant.parse("2026-11-26T23:00:00Z");

    @TempDir
    Path folder;

    private final HookReceiver receiver = HookReceiver.start();

    @AfterEach
    void stop() {
        receiver.close();
    }

    @Test
    void eachThresholdIsToldOnceInOrderWithWhatIsUsed() throws Exception {
        try (Office office = new Office(folder, at("50%, 80%, 100%"), NIGHT)) {
            office.begin();
            office.use(499);
            office.look();
            assertThat(office.deliveries()).isEmpty();

            office.use(1);
            Await.until("half", () -> receiver.came().size() == 1);
            office.use(350);
            Await.until("most", () -> receiver.came().size() == 2);
            office.use(200);
            Await.until("all", () -> receiver.came().size() == 3);
            for (int i = 0; i < 3; i++) {
                office.look();
            }

            assertThat(receiver.marks()).containsExactly("50%", "80%", "100%");
            assertThat(receiver.came().stream().map(Came::id).distinct()).hasSize(3);
            JsonNode most = receiver.came().get(1).body();
            assertThat(most.path("type").asString()).isEqualTo("budget.threshold_reached");
            assertThat(most.path("timestamp").asString()).isEqualTo("2026-11-26T23:00:00Z");
            JsonNode data = most.path("data");
            assertThat(data.path("limit").asString()).isEqualTo(Office.LIMIT);
            assertThat(data.path("tenant").asString()).isEqualTo("acme");
            assertThat(data.path("team").isNull()).isTrue();
            assertThat(data.path("unit").asString()).isEqualTo("requests");
            assertThat(data.path("amount").asLong()).isEqualTo(1_000);
            assertThat(data.path("used").asLong()).isEqualTo(850);
            assertThat(data.path("share").asDouble()).isEqualTo(0.85);
            assertThat(data.path("window").path("from").asString()).isEqualTo("2026-11-26T00:00:00Z");
            assertThat(data.path("resets_at").asString()).isEqualTo("2026-11-27T00:00:00Z");
            Await.until("noted", () -> office.deliveries().stream().allMatch(one -> one.state() == State.DELIVERED));
            Await.until("counted", () -> office.outcomes().equals(Map.of("delivered", 3)));
        }
    }

    @Test
    void whatComesIsSignedAsStandardWebhooksSaysAndAChangedBodyIsNot() throws Exception {
        try (Office office = new Office(folder, at("50%"), NIGHT)) {
            office.use(500);
            office.begin();
            Await.until("told", () -> receiver.came().size() == 1);

            Came came = receiver.came().getFirst();
            assertThat(came.epochSeconds()).isEqualTo(NIGHT.getEpochSecond());
            assertThat(came.id()).matches("evt_[0-9a-f]{32}");
            assertThat(came.isSignatureOf(came.text())).isTrue();
            assertThat(came.isSignatureOf(came.text().replace("500", "400"))).isFalse();
            assertThat(came.text()).doesNotContain("whsec", "token=");
        }
    }

    @Test
    void whatWillBeGoneBeforeItsResetIsToldOnceAndWhatLastsIsNot() throws Exception {
        try (Office office = new Office(folder, at("forecast"), MORNING)) {
            office.use(249);
            office.look();
            assertThat(office.deliveries()).as("of a day a quarter is over").isEmpty();
            office.advance(Duration.ofMinutes(1));
            office.use(150);
            office.look();
            office.advance(Duration.ofMinutes(1));
            office.use(50);
            office.look();

            assertThat(office.deliveries()).hasSize(1);
            office.begin();
            Await.until("told", () -> receiver.came().size() == 1);
            JsonNode body = receiver.came().getFirst().body();
            assertThat(body.path("type").asString()).isEqualTo("budget.exhaustion_forecast");
            assertThat(Instant.parse(body.path("data").path("exhausted_at").asString()))
                    .isAfter(MORNING)
                    .isBefore(Instant.parse(body.path("data").path("resets_at").asString()));
        }
    }

    @Test
    void aMarkFiresAgainInTheNextWindow() {
        try (Office office = new Office(folder, at("50%"), NIGHT)) {
            office.use(500);
            office.look();
            office.advance(Duration.ofHours(2));
            office.look();
            assertThat(office.deliveries()).hasSize(1);
            office.use(500);
            office.look();
            assertThat(office.deliveries()).hasSize(2);
        }
    }

    @Test
    void aMarkFiresAgainWhereTheAmountWasRaisedAboveItAndOnceForEachAmount() {
        try (Office office = new Office(folder, at("80%"), NIGHT)) {
            office.use(850);
            office.look();
            office.amount(1_010);
            office.look();
            assertThat(office.deliveries()).as("still above").hasSize(1);
            office.amount(2_000);
            office.look();
            office.use(800);
            office.look();
            office.look();
            assertThat(office.deliveries()).as("above once more").hasSize(2);
            assertThat(office.deliveries().getLast().alert().id())
                    .isNotEqualTo(office.deliveries().getFirst().alert().id());
            office.amount(3_000);
            office.look();
            office.amount(1_000);
            office.look();
            assertThat(office.deliveries()).as("of that amount it was told").hasSize(2);
        }
    }

    @Test
    void aRestartInTheMiddleOfRetriesGoesOnWithTheSameIdAndTellsNothingTwice() throws Exception {
        receiver.that(new Manner.Answers(500));
        try (Office office = new Office(folder, at("50%"), NIGHT)) {
            office.use(600);
            office.begin();
            Await.until("refused", () -> !attempts(office).isEmpty());
        }
        Await.until("the first attempt", () -> receiver.came().size() == 1);
        receiver.that(new Manner.Answers(200));
        try (Office office = new Office(folder, at("50%"), NIGHT.plusSeconds(90))) {
            office.use(600);
            office.begin();
            Await.until("taken", () -> state(office) == State.DELIVERED);

            assertThat(attempts(office).stream().map(Attempt::status))
                    .containsExactly(OptionalInt.of(500), OptionalInt.of(200));
            assertThat(receiver.came().stream().map(Came::id).distinct()).hasSize(1);
            assertThat(receiver.came().stream().map(Came::text).distinct()).hasSize(1);
            assertThat(receiver.came().stream().map(Came::epochSeconds))
                    .containsExactly(NIGHT.getEpochSecond(), NIGHT.getEpochSecond() + 90);
            assertThat(office.deliveries()).hasSize(1);
        }
    }

    @Test
    void aReceiverThatIsDownIsToldWhenItIsUp() throws Exception {
        receiver.close();
        try (Office office = new Office(folder, at("50%"), NIGHT)) {
            office.use(600);
            office.begin();
            Await.until("not reached", () -> attempts(office).size() == 1);
            assertThat(attempts(office).getFirst().error()).contains("not_reached");
            assertThat(state(office)).isEqualTo(State.PENDING);
            try (HookReceiver up = HookReceiver.start(receiver.port())) {
                office.advance(Duration.ofSeconds(59));
                office.look();
                assertThat(up.came()).as("before it is due").isEmpty();
                office.advance(Duration.ofSeconds(14));
                Await.until("taken", () -> state(office) == State.DELIVERED);
                assertThat(up.came()).hasSize(1);
            }
        }
    }

    @Test
    void whatIsNeverTakenFailsAfterTheLastAttempt() throws Exception {
        receiver.that(new Manner.Answers(503));
        try (Office office = new Office(folder, at("50%"), NIGHT)) {
            office.use(600);
            office.begin();
            for (int made = 1; made <= 3; made++) {
                int expected = made;
                Await.until("attempt", () -> attempts(office).size() == expected);
                office.advance(Duration.ofMinutes(80));
            }
            assertThat(state(office)).isEqualTo(State.FAILED);
            assertThat(receiver.came()).hasSize(3);
            Await.until("counted", () -> office.outcomes().equals(Map.of("retried", 2, "failed", 1)));
        }
    }

    @Test
    void aReceiverThatIsGoneIsToldNothingMore() throws Exception {
        receiver.that(new Manner.Answers(410));
        try (Office office = new Office(folder, at("50%, 80%, 100%"), NIGHT)) {
            office.use(600);
            Courier courier = office.begin();
            Await.until("gone", () -> state(office) == State.GONE);
            office.use(300);
            Await.until("the second", () -> office.deliveries().size() == 2);
            Await.until("gone, too", () -> office.deliveries().getLast().state() == State.GONE);
            assertThat(receiver.came()).hasSize(1);
            assertThat(office.deliveries().getLast().attempts()).isEmpty();

            receiver.that(new Manner.Answers(204));
            courier.test(courier.alerts().webhook("hook0").orElseThrow());
            office.use(100);
            Await.until("taken, since a test was", () -> receiver.came().size() == 3);
            assertThat(receiver.marks().getLast()).isEqualTo("100%");
        }
    }

    @Test
    void aSlowReceiverKeepsNobodyWaitingAndIsGivenUp() throws Exception {
        receiver.that(new Manner.Hangs());
        try (HookReceiver quick = HookReceiver.start();
                Office office = new Office(folder, alerts("50%, 80%", receiver, quick), NIGHT)) {
            office.use(600);
            office.begin();
            Await.until("the quick one", () -> quick.came().size() == 1);
            office.use(300);
            Await.until("the quick one again", () -> quick.came().size() == 2);
            assertThat(attempts(office)).as("the slow one is waited for").isEmpty();
            Await.until(
                    "given up",
                    () -> office.deliveries().stream()
                            .flatMap(one -> one.attempts().stream())
                            .anyMatch(attempt -> attempt.error().equals(Optional.of("timeout"))));
            assertThat(quick.marks()).containsExactly("50%", "80%");
        }
    }

    @Test
    void aRedirectIsNotFollowed() throws Exception {
        try (HookReceiver elsewhere = HookReceiver.start();
                Office office = new Office(folder, at("50%"), NIGHT)) {
            receiver.that(new Manner.Redirects(elsewhere.uri()));
            office.use(600);
            office.begin();
            Await.until("refused", () -> attempts(office).size() == 1);
            assertThat(attempts(office).getFirst().status()).hasValue(302);
            assertThat(state(office)).isEqualTo(State.PENDING);
            assertThat(elsewhere.came()).isEmpty();
        }
    }

    @Test
    void theBodyOfAnAnswerIsNotRead() throws Exception {
        receiver.that(new Manner.Babbles());
        try (Office office = new Office(folder, at("50%"), NIGHT)) {
            office.use(600);
            office.begin();
            Await.until("taken", () -> state(office) == State.DELIVERED);
            assertThat(attempts(office).getFirst().tookMicros())
                    .isLessThan(Office.PACE.patience().toNanos() / 1_000);
        }
    }

    @Test
    void whatIsPendingForAWebhookThatIsNotConfiguredAnyMoreIsDropped() throws Exception {
        receiver.that(new Manner.Answers(500));
        try (Office office = new Office(folder, at("50%"), NIGHT)) {
            office.use(600);
            office.begin();
            Await.until("refused", () -> attempts(office).size() == 1);
            office.alerts("");
            office.advance(Duration.ofMinutes(2));
            Await.until("dropped", () -> state(office) == State.DROPPED);
            assertThat(receiver.came()).hasSize(1);
        }
    }

    @Test
    void aTestIsSentAtOnceAndSaysWhatCameOfIt() throws Exception {
        try (Office office = new Office(folder, at("50%"), NIGHT)) {
            Courier courier = office.begin();
            Delivery taken = courier.test(courier.alerts().webhook("hook0").orElseThrow());
            assertThat(taken.state()).isEqualTo(State.DELIVERED);
            Came came = receiver.came().getFirst();
            assertThat(came.id()).isEqualTo(taken.alert().id());
            assertThat(came.body().path("type").asString()).isEqualTo("webhook.test");
            assertThat(came.isSignatureOf(came.text())).isTrue();
        }
    }

    @Test
    void whatHasEndedIsForgottenInTimeAndWhatIsPendingIsNot() throws Exception {
        receiver.that(new Manner.Answers(500));
        try (Office office = new Office(folder, at("50%"), NIGHT)) {
            office.use(600);
            Courier courier = office.begin();
            for (int i = 0; i < 3; i++) {
                receiver.that(new Manner.Answers(200));
                courier.test(courier.alerts().webhook("hook0").orElseThrow());
            }
            receiver.that(new Manner.Answers(500));
            Delivery pending = courier.test(courier.alerts().webhook("hook0").orElseThrow());
            long now = NIGHT.getEpochSecond() * 1_000_000;
            Await.until("four and the budget's", () -> office.deliveries().size() == 5);

            office.log().forget(now, now - 1, 2);
            assertThat(office.deliveries()).hasSizeLessThanOrEqualTo(3).anyMatch(one -> one.line() == pending.line());
            office.log().forget(now, now + 1, 1_000);
            assertThat(office.deliveries()).allMatch(one -> one.state() == State.PENDING);
            assertThat(office.log().firings()).as("its window is not over").hasSize(1);
            office.log().forget(now + Duration.ofDays(1).toNanos() / 1_000, now, 1_000);
            assertThat(office.log().firings()).isEmpty();
        }
    }

    private String at(String marks) {
        return alerts(marks, receiver);
    }

    private static String alerts(String marks, HookReceiver... receivers) {
        StringBuilder text = new StringBuilder("alerts:\n  webhooks:\n");
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < receivers.length; i++) {
            text.append(
                    "    hook%d: { url: \"%s\", secret: %s }%n".formatted(i, receivers[i].uri(), HookReceiver.SECRET));
            names.append(i == 0 ? "" : ", ").append("hook").append(i);
        }
        return text.append("  budgets: [ { at: [ %s ], to: [ %s ] } ]%n".formatted(marks, names))
                .toString();
    }

    private static State state(Office office) {
        List<Delivery> deliveries = office.deliveries();
        return deliveries.isEmpty() ? State.PENDING : deliveries.getFirst().state();
    }

    private static List<Attempt> attempts(Office office) {
        List<Delivery> deliveries = office.deliveries();
        return deliveries.isEmpty() ? List.of() : deliveries.getFirst().attempts();
    }
}
