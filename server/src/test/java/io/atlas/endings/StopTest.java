package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that stops in order. */
@Timeout(120)
class StopTest {
    private static final int CALLERS = 60;

    @TempDir
    Path folder;

    @Test
    void whoLeftAMomentBeforeIsStillSettled() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start()) {
            try (House house = open(oracle)) {
                Customer customer = house.customer("t");
                List<Conversation> callers = new ArrayList<>();
                for (int i = 0; i < CALLERS; i++) {
                    callers.add(customer.converse(Question.to("openai/stall-5", "r" + i)
                            .saying("many words ".repeat(2_000))
                            .streamed()));
                }
                for (Conversation caller : callers) {
                    caller.words(5);
                }
                for (Conversation caller : callers) {
                    caller.leave();
                }
            }
            try (House again = open(oracle)) {
                for (Entry entry : oracle.journal().all()) {
                    String id = entry.headers().getOrDefault("x-request-id", "none");
                    assertThat(again.desk().decision(id).path("reason").asString())
                            .isEqualTo("caller_left");
                }
                assertThat(again.customer("t").usage().path("requests").asLong())
                        .isEqualTo(CALLERS);
            }
        }
    }

    private House open(OracleUpstream oracle) {
        return House.of(new Terms(
                folder,
                List.of(House.backend("openai", "openai", oracle, "")),
                List.of("openai/stall-5"),
                List.of(House.tenant("t", "[ { tokens: 1G, per: day } ]"))));
    }
}
