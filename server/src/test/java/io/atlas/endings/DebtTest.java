package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Customer.Charge;
import io.atlas.endings.Question.Delivery;
import io.atlas.testing.OracleUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A backend that reports 300 tokens more than it was allowed: 308 of output for 8 words. */
@Timeout(120)
class DebtTest {
    private static final long CHARGED = 3 + 308;

    @TempDir
    Path folder;

    private final OracleUpstream oracle = OracleUpstream.start();
    private House house;

    @BeforeEach
    void open() {
        house = House.of(new Terms(
                folder,
                List.of(House.backend("openai", "openai", oracle, "")),
                House.models(List.of("openai"), List.of("overcount-300", "words-8")),
                List.of(
                        House.tenant("daily", "[ { tokens: 200, per: day } ]"),
                        House.tenant("flowing", "[ { tokens: 200, per: second } ]"),
                        House.tenant("rich", "[ { tokens: 100k, per: day } ]"))));
    }

    @AfterEach
    void close() throws Exception {
        house.desk().awaitNothingHeld();
        house.close();
        oracle.close();
    }

    @Test
    void aDebtOfADayIsShownAndBlocks() throws Exception {
        Customer customer = house.customer("daily");
        HttpResponse<String> answer =
                customer.ask(Question.to("openai/overcount-300", "over").capped(20));

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode day = customer.limit("tokens/day");
        assertThat(day.path("used").asLong()).isEqualTo(CHARGED);
        assertThat(day.path("debt").asLong()).isEqualTo(CHARGED - 200);
        assertThat(day.path("remaining").asLong()).isZero();
        assertThat(house.desk().metric("atlas_ledger_overshoot_total")).isEqualTo(1);

        HttpResponse<String> next =
                customer.ask(Question.to("openai/words-8", "after").capped(1));
        assertThat(next.statusCode()).isEqualTo(429);
        assertThat(next.headers().firstValue("x-should-retry")).hasValue("false");
        assertThat(Desk.json(next.body()).path("error").path("code").asString()).isEqualTo("quota_exhausted");
        assertThat(oracle.journal().of("after")).isEmpty();
    }

    @Test
    void aDebtOfARateBlocksUntilItIsGone() throws Exception {
        Customer customer = house.customer("flowing");
        long asked = System.nanoTime();
        assertThat(customer.ask(Question.to("openai/overcount-300", "over").capped(20))
                        .statusCode())
                .isEqualTo(200);
        HttpResponse<String> next =
                customer.ask(Question.to("openai/words-8", "at-once").capped(180));
        assertThat(next.statusCode()).isEqualTo(429);
        Await.until(
                "the debt is gone",
                () -> customer.ask(Question.to("openai/words-8", "later").capped(180))
                                .statusCode()
                        == 200);
        // 311 used, and room for 189: at 200 a second that is 300 of them leaked.
        assertThat(System.nanoTime() - asked).isGreaterThan(1_400_000_000L);
    }

    @Test
    void anOvershootWithinTheLimitIsChargedInFull() throws Exception {
        for (Delivery delivery : Delivery.values()) {
            house.customer("rich")
                    .ask(Question.to("openai/overcount-300", "over").capped(20).delivered(delivery));
        }
        Customer customer = house.customer("rich");
        assertThat(customer.limit("tokens/day").path("used").asLong()).isEqualTo(3 * CHARGED);
        assertThat(customer.limit("tokens/day").path("debt").asLong()).isZero();
        assertThat(house.desk().metric("atlas_ledger_overshoot_total")).isEqualTo(3);
        assertThat(new Charge(
                        customer.usage().path("input_tokens").asLong(),
                        customer.usage().path("output_tokens").asLong(),
                        "reported"))
                .isEqualTo(Charge.reported(9, 3 * 308));
    }
}
