package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.app.Drain;
import io.atlas.endings.Customer.Charge;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A gateway that stops in order. */
@Timeout(120)
class StopTest {
    private static final int CALLERS = 60;
    private static final int STREAMS = 200;

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
                    assertThat(again.desk().decision(id(entry)).path("reason").asString())
                            .isEqualTo("caller_left");
                }
                assertThat(again.customer("t").usage().path("requests").asLong())
                        .isEqualTo(CALLERS);
            }
        }
    }

    @Test
    void whoIsAskedToStopSaysSoServesOnAndCutsNothingOff() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start()) {
            try (AtlasProcess atlas = AtlasProcess.start(folder, terms(oracle))) {
                Customer customer = new Customer(atlas.desk(), atlas.port(), "t", House.secret("t"));
                Conversation kept = customer.converse(Question.to("openai/words-8", "before"));
                assertThat(kept.endsWell()).isTrue();
                assertThat(kept.header("connection")).isEmpty();
                List<Conversation> streams = new ArrayList<>();
                for (int i = 0; i < STREAMS; i++) {
                    streams.add(customer.converse(
                            Question.to("openai/slow-100-80", "r" + i).streamed()));
                }
                for (Conversation stream : streams) {
                    stream.words(1);
                }
                atlas.beginToStop();

                Await.until("not ready", () -> !atlas.desk().ready());
                kept.askAgain(customer.key(), Question.to("openai/words-8", "meanwhile"));
                assertThat(kept.endsWell()).isTrue();
                assertThat(kept.header("connection")).isEqualTo("close");
                assertThat(kept.closed()).isTrue();
                for (Conversation stream : streams) {
                    assertThat(stream.endsWell()).isTrue();
                }
                assertThat(atlas.exitCode()).isZero();
            }
            try (House again = open(oracle)) {
                assertThat(oracle.journal().all()).hasSize(STREAMS + 2);
                for (Entry entry : oracle.journal().all()) {
                    assertThat(again.desk().decision(id(entry)).path("outcome").asString())
                            .isEqualTo("served");
                }
                assertThat(again.customer("t").usage().path("output_tokens").asLong())
                        .isEqualTo(STREAMS * 100L + 2 * 8);
            }
        }
    }

    @Test
    void whoDoesNotComeToAnEndIsToldAndCharged() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start()) {
            House house = open(oracle);
            Customer customer = house.customer("t");
            Question streamed = Question.to("openai/stall-5", "streamed").streamed();
            Question whole = Question.to("openai/hang", "whole");
            try (Conversation stream = customer.converse(streamed);
                    Conversation silent = customer.converse(whole)) {
                stream.words(5);
                oracle.journal().await("whole", Await.PATIENCE);
                house.close(new Drain(Duration.ZERO, Duration.ofMillis(300)));

                List<String> events = stream.rest();
                assertThat(events).hasSize(1).first().asString().contains("\"stream_broken\"");
                assertThat(stream.closed()).isTrue();
                assertThat(silent.status()).isEqualTo(503);
                assertThat(silent.header("retry-after")).isEqualTo("1");
            }
            try (House again = open(oracle)) {
                Customer after = again.customer("t");
                assertThat(after.charge(id(oracle.journal().of("streamed").getFirst())))
                        .isEqualTo(Charge.counted(streamed.countedInput(), 5));
                assertThat(after.charge(id(oracle.journal().of("whole").getFirst())))
                        .isEqualTo(Charge.counted(whole.countedInput(), 0));
            }
        }
    }

    private static String id(Entry entry) {
        return entry.headers().getOrDefault("x-request-id", "none");
    }

    private Terms terms(OracleUpstream oracle) {
        return new Terms(
                folder,
                List.of(House.backend("openai", "openai", oracle, "")),
                List.of("openai/stall-5", "openai/hang", "openai/words-8", "openai/slow-100-80"),
                List.of(House.tenant("t", "[ { tokens: 1G, per: day } ]")));
    }

    private House open(OracleUpstream oracle) {
        return House.of(terms(oracle));
    }
}
