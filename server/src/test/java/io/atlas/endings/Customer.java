package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A tenant with one key. */
record Customer(Desk desk, int port, String tenant, String key) {
    /** What a request cost. */
    record Charge(long inputTokens, long outputTokens, String source) {
        static final Charge NOTHING = new Charge(0, 0, "unknown");

        static Charge reported(long inputTokens, long outputTokens) {
            return new Charge(inputTokens, outputTokens, "reported");
        }

        static Charge counted(long inputTokens, long outputTokens) {
            return new Charge(inputTokens, outputTokens, "counted");
        }

        long tokens() {
            return inputTokens + outputTokens;
        }
    }

    HttpResponse<String> ask(Question question) throws Exception {
        return desk.ask(key, question);
    }

    /** The same with one header more. */
    HttpResponse<String> ask(Question question, String header, String value) throws Exception {
        return desk.ask(key, question, header, value);
    }

    CompletableFuture<HttpResponse<String>> askLater(Question question) {
        return desk.askLater(key, question);
    }

    Conversation converse(Question question) throws IOException {
        return Conversation.ask(port, key, question);
    }

    /** What the ledger charged for a request. */
    Charge charge(String id) throws Exception {
        JsonNode usage = desk.decision(id).path("usage");
        return new Charge(
                usage.path("input_tokens").asLong(),
                usage.path("output_tokens").asLong(),
                usage.path("source").asString());
    }

    /** A limit of this tenant. */
    JsonNode limit(String kindAndPeriod) throws Exception {
        return desk.limit(tenant + ":" + kindAndPeriod);
    }

    /** The row of this tenant in the ledger's sums. */
    JsonNode usage() throws Exception {
        return desk.usage("tenant").path("rows").values().stream()
                .filter(row -> row.path("tenant").asString().equals(tenant))
                .findFirst()
                .orElseGet(() -> Desk.json("{}"));
    }

    /** The only request of this tenant ended like this, and was charged that: in the ledger, on all limits, to the nano-dollar. */
    void endedOnce(String id, String outcome, String reason, Charge charge) throws Exception {
        JsonNode decision = desk.decision(id);
        assertThat(decision.path("outcome").asString()).isEqualTo(outcome);
        assertThat(decision.path("reason").asString("none")).isEqualTo(reason);
        assertThat(charge(id)).isEqualTo(charge);
        long cost = Terms.nanoUsd(charge.inputTokens(), charge.outputTokens());
        assertThat(decision.path("cost_nano_usd").asLong()).isEqualTo(cost);
        JsonNode usage = usage();
        boolean sent = !decision.path("served").isNull();
        assertThat(!sent || attempts(decision).findAny().isPresent())
                .as("what was sent was an attempt")
                .isTrue();
        boolean charged = !charge.equals(Charge.NOTHING);
        assertThat(usage.path("requests").asLong()).isEqualTo(sent ? 1 : 0);
        assertThat(usage.path("refused").asLong()).isEqualTo(sent ? 0 : 1);
        assertThat(usage.path("charged_requests").asLong()).isEqualTo(charged ? 1 : 0);
        assertThat(usage.path("cost_nano_usd").asLong()).isEqualTo(cost);
        awaitNothingHeld();
        assertThat(limit("tokens/day").path("used").asLong()).isEqualTo(charge.tokens());
        assertThat(limit("cost/month").path("used").asLong()).isEqualTo(cost);
        assertThat(limit("requests/hour").path("used").asLong()).isEqualTo(charged ? 1 : 0);
    }

    /** The attempts in that receipt. */
    static Stream<JsonNode> attempts(JsonNode decision) {
        return decision.path("steps")
                .valueStream()
                .filter(step -> step.path("step").asString().equals("attempt"));
    }

    /** Waits until none of this tenant's limits is held by an open request. */
    void awaitNothingHeld() throws Exception {
        Await.until(
                "nothing held of " + tenant,
                () -> desk.quota(key).stream()
                        .allMatch(limit -> limit.path("held").asLong() == 0));
    }

    /** All that is left of the day's tokens can be asked for, and not one more. */
    void canSpendTheRest(String model) throws Exception {
        Question question = Question.to(model, tenant + "-rest");
        JsonNode day = limit("tokens/day");
        int rest = (int) (day.path("remaining").asLong() - question.countedInput());
        boolean unused = day.path("used").asLong() == 0;
        assertThat(ask(question.capped(rest + 1)).statusCode()).isEqualTo(unused ? 400 : 429);
        assertThat(ask(question.capped(rest)).statusCode()).isEqualTo(200);
    }
}
