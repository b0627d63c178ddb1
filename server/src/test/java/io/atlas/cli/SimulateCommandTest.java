package io.atlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code atlas simulate}. */
class SimulateCommandTest {
    private static final String LIMIT = """
            {"id":"acme:cost/month","scope":"tenant","kind":"cost","unit":"nano_usd","amount":500000000000,"per":"month",
             "used":450000000000,"held":0,"remaining":50000000000,"resets_at":"2026-12-01T00:00:00Z","low":true,
             "asked":%s,"remaining_after":%s}
            """;
    private static final String ASKED = """
            {"at":"2026-11-21T10:00:00Z",
             "caller":{"tenant":"acme","team":"search","user":null,"key":"ci","end_user":null,"tier":"pro"},
             "asked":{"dialect":"openai","route":"/v1/chat/completions","model":"large","stream":false,"max_tokens":500},
            """;
    private static final String SERVED = ASKED + """
             "outcome":"served","reason":null,"status":200,"message":null,
             "served":{"model":"small","downgraded_from":"large","trimmed_tokens":120,"input_tokens":310,"max_tokens":500,
                       "cost_at_most_nano_usd":346500,"price":"small@2026-11-20"},
             "retry_after_ms":null,"remedies":[],"limits":[%s],"steps":[],"configuration":"sha256:abc"}
            """.formatted(LIMIT.formatted("346500", "49999653500"));
    private static final String REFUSED = ASKED + """
             "outcome":"refused","reason":"budget_exhausted","status":429,"message":"Your budget is used up.",
             "served":null,"retry_after_ms":null,
             "remedies":[{"kind":"use_model","model":"small"},{"kind":"upgrade_tier","tier":"enterprise"}],
             "limits":[%s],"steps":[],"configuration":"sha256:abc"}
            """.formatted(LIMIT.formatted("60000000000", "null"));

    private final AdminStub stub = new AdminStub();
    private final Map<String, String> variables = Map.of("ATLAS_ADMIN_URL", stub.url());

    @AfterEach
    void stop() {
        stub.close();
    }

    @Test
    void saysWhatWouldServeItAndWhatWouldBeLeft() {
        stub.on("/admin/v1/quota/check", 200, SERVED);

        Ran ran = Ran.with(
                variables, "simulate", "--key", "ci", "--model", "large", "--max-tokens", "500", "--prompt", "why?");

        assertThat(ran).isEqualTo(new Ran(0, """
                would be served by small, instead of large, without 120 tokens of its oldest turns
                at most 0.0003465 USD: 310 tokens in, 500 out of each choice, at the price small@2026-11-20

                when          2026-11-21T10:00:00Z
                who           acme/search, key ci, tier pro
                asked         large by openai /v1/chat/completions, whole, at most 500 tokens

                LIMIT               USED   HELD   AMOUNT          ASKED      LEFT AFTER
                acme:cost/month  450 USD  0 USD  500 USD  0.0003465 USD  49.9996535 USD  low
                """, ""));
        assertThat(stub.changes())
                .containsExactly("POST /admin/v1/quota/check?key=ci {\"model\":\"large\",\"messages\":"
                        + "[{\"role\":\"user\",\"content\":\"why?\"}],\"max_tokens\":500}");
    }

    @Test
    void saysWhyNotAndWhatWouldPass(@TempDir Path folder) throws IOException {
        stub.on("/admin/v1/quota/check", 200, REFUSED);
        Path file = Files.writeString(folder.resolve("request.json"), "{\"model\":\"large\"}");

        Ran ran = Ran.with(
                variables, "simulate", "--key", "ci", "--team", "search", "--route", "/v1/embeddings", file.toString());

        assertThat(ran).isEqualTo(new Ran(0, """
                would be refused: budget_exhausted (429)
                Your budget is used up.

                when          2026-11-21T10:00:00Z
                who           acme/search, key ci, tier pro
                asked         large by openai /v1/chat/completions, whole, at most 500 tokens

                LIMIT               USED   HELD   AMOUNT   ASKED  LEFT AFTER
                acme:cost/month  450 USD  0 USD  500 USD  60 USD           -  does not fit, low

                what would pass
                  the model small
                  the tier enterprise
                """, ""));
        assertThat(stub.changes())
                .containsExactly("POST /admin/v1/quota/check?key=ci&team=search&route=%2Fv1%2Fembeddings"
                        + " {\"model\":\"large\"}");
    }

    @Test
    void jsonHasEveryFieldOfTheAnswer() {
        stub.on("/admin/v1/quota/check", 200, SERVED);

        assertThat(Ran.with(variables, "simulate", "--key", "ci", "--model", "large", "--output", "json")
                        .out())
                .contains("\"cost_at_most_nano_usd\" : 346500", "\"remaining_after\" : 49999653500");
    }

    @ParameterizedTest
    @CsvSource({
        "simulate --model large, 64",
        "simulate --key ci, 64",
        "simulate --key ci --model large request.json, 64",
        "simulate --key ci --model large --route /v1/embeddings, 64",
        "simulate --key ci no-such-file.json, 65"
    })
    void aQuestionThatIsNoneAsksNobody(String line, int exitCode) {
        Ran ran = Ran.with(variables, line.split(" ", -1));

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(exitCode);
        assertThat(stub.asked()).isEmpty();
    }

    @Test
    void severalKeysOfOneNameAreNamed() {
        stub.on("/admin/v1/quota/check", 409, "{\"detail\":\"several keys are named so: a/keys/ci, b/keys/ci\"}");

        assertThat(Ran.with(variables, "simulate", "--key", "ci", "--model", "large"))
                .isEqualTo(new Ran(65, "", "atlas: several keys are named so: a/keys/ci, b/keys/ci\n"));
    }
}
