package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Question.Delivery;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Five thousand requests, two of five for a stream, three of twenty left by their callers: the ledger says what the
 * upstream says, one by one and in sum.
 */
@Timeout(300)
class LedgerEqualityTest {
    private static final List<Delivery> STREAMS = List.of(Delivery.STREAMED, Delivery.STREAMED_WITH_USAGE);
    private static final int REQUESTS = 5_000;
    private static final int AT_ONCE = 32;
    private static final long SEED = 20_261_121;
    private static final List<String> MODELS =
            List.of("openai/echo", "openai/words-1", "openai/words-120", "vllm/echo", "vllm/words-37", "openai/tool");
    private static final List<String> SLOW_MODELS = List.of("openai/slow-60-5", "vllm/slow-60-5");
    private static final List<Patience> LEAVING = List.of(Patience.UNTIL_IT_IS_SENT, Patience.FOR_SOME_WORDS);
    private static final List<Party> PARTIES = List.of(
            new Party("acme", "search", "ci"),
            new Party("acme", "search", "app"),
            new Party("acme", "ads", "ci"),
            new Party("umbrella", "lab", "one"),
            new Party("umbrella", "lab", "two"));

    @TempDir
    Path folder;

    /** A key and where it stands. */
    private record Party(String tenant, String team, String key) {
        String secret() {
            return "the-secret-of-" + tenant + "-" + team + "-" + key;
        }

        String line() {
            return key + ": { secret: " + secret() + " }";
        }
    }

    /** How long a caller listens. */
    private enum Patience {
        TO_THE_END,
        UNTIL_IT_IS_SENT,
        FOR_SOME_WORDS
    }

    /**
     * A request, and the id under which it was decided.
     *
     * @param id empty where the caller left before it could know
     * @param words that its caller got, where it left
     */
    private record Asked(Party party, Question question, Patience patience, String id, int words) {}

    /** What was used, by anybody's account. */
    private record Sum(long requests, long input, long output, long nanoUsd) {
        static final Sum NONE = new Sum(0, 0, 0, 0);

        static Sum of(long input, long output) {
            return new Sum(1, input, output, Terms.nanoUsd(input, output));
        }

        static Sum read(JsonNode row) {
            assertThat(row.path("charged_requests").asLong())
                    .isEqualTo(row.path("requests").asLong());
            return new Sum(
                    row.path("requests").asLong(),
                    row.path("input_tokens").asLong(),
                    row.path("output_tokens").asLong(),
                    row.path("cost_nano_usd").asLong());
        }

        Sum plus(Sum other) {
            return new Sum(
                    requests + other.requests, input + other.input, output + other.output, nanoUsd + other.nanoUsd);
        }
    }

    @Test
    void theLedgerSaysWhatTheUpstreamSays() throws Exception {
        try (OracleUpstream oracle = OracleUpstream.start();
                House house = open(oracle)) {
            List<Asked> asked = askAll(house, oracle);

            Map<String, Sum> expected = new TreeMap<>();
            Sum total = Sum.NONE;
            for (Asked one : asked) {
                Sum sum = one.patience == Patience.TO_THE_END
                        ? equalOneByOne(house.desk(), oracle, one)
                        : betweenWhatCameAndWhatWasMade(house.desk(), oracle, one);
                Party party = one.party;
                String group = String.join(" ", party.tenant, party.team, party.key, one.question.model());
                expected.merge(group, sum, Sum::plus);
                total = total.plus(sum);
            }
            assertThat(oracle.journal().all()).hasSize(REQUESTS);
            JsonNode usage = house.desk().usage("tenant,team,key,model");
            assertThat(groups(usage)).isEqualTo(expected);
            assertThat(Sum.read(usage.path("total"))).isEqualTo(total);
            equalOnLimits(house.desk(), expected);
            house.desk().awaitNothingHeld();
        }
    }

    private House open(OracleUpstream oracle) {
        String limits = "[ { tokens: 1G, per: day }, { cost: \"1000 USD\", per: month }, { requests: 1M, per: week } ]";
        return House.of(new Terms(
                folder,
                List.of(House.backend("openai", "openai", oracle, ""), House.backend("vllm", "vllm", oracle, "")),
                Stream.concat(MODELS.stream(), SLOW_MODELS.stream()).toList(),
                List.of(
                        tenant(
                                "acme",
                                limits,
                                "search: { keys: { " + PARTIES.get(0).line() + ", "
                                        + PARTIES.get(1).line() + " } }, ads: { keys: { "
                                        + PARTIES.get(2).line() + " } }"),
                        tenant(
                                "umbrella",
                                limits,
                                "lab: { keys: { " + PARTIES.get(3).line() + ", "
                                        + PARTIES.get(4).line() + " } }"))));
    }

    private static String tenant(String name, String limits, String teams) {
        return name + ": { tier: all, zone: " + Terms.noon() + ", limits: " + limits + ", teams: { " + teams + " } }";
    }

    private static List<Asked> askAll(House house, OracleUpstream oracle) throws Exception {
        Random random = new Random(SEED);
        List<Callable<Asked>> calls = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            Party party = PARTIES.get(random.nextInt(PARTIES.size()));
            Patience patience = i % 20 < 3 ? LEAVING.get(random.nextInt(LEAVING.size())) : Patience.TO_THE_END;
            List<String> models = patience == Patience.TO_THE_END ? MODELS : SLOW_MODELS;
            Question question = Question.to(models.get(random.nextInt(models.size())), "r" + i)
                    .saying("word "
                            .repeat(1 + random.nextInt(1 << random.nextInt(10)))
                            .strip())
                    .choosing(patience == Patience.TO_THE_END && random.nextInt(4) == 0 ? 3 : 1)
                    .delivered(
                            patience == Patience.FOR_SOME_WORDS || random.nextInt(3) == 0
                                    ? STREAMS.get(random.nextInt(STREAMS.size()))
                                    : Delivery.WHOLE);
            Question maybeCapped = random.nextInt(3) == 0 ? question.capped(30 + random.nextInt(50)) : question;
            int words = 1 + random.nextInt(20);
            calls.add(() -> switch (patience) {
                case TO_THE_END -> ask(house.desk(), party, maybeCapped);
                case UNTIL_IT_IS_SENT -> leave(house.customer("acme").port(), oracle, party, maybeCapped);
                case FOR_SOME_WORDS -> leave(house.customer("acme").port(), party, maybeCapped, words);
            });
        }
        List<Asked> asked = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (Future<Asked> one : threads.invokeAll(calls)) {
                asked.add(one.get());
            }
        }
        return asked;
    }

    private static Asked ask(Desk desk, Party party, Question question) throws Exception {
        HttpResponse<String> answer = desk.ask(party.secret(), question);
        assertThat(answer.statusCode()).as(question + ": " + answer.body()).isEqualTo(200);
        String id = answer.headers().firstValue("x-atlas-decision").orElseThrow();
        return new Asked(party, question, Patience.TO_THE_END, id, 0);
    }

    private static Asked leave(int port, OracleUpstream oracle, Party party, Question question) throws Exception {
        Conversation caller = Conversation.ask(port, party.secret(), question);
        oracle.journal().await(question.mark(), Await.PATIENCE);
        caller.leave();
        return new Asked(party, question, Patience.UNTIL_IT_IS_SENT, "", 0);
    }

    private static Asked leave(int port, Party party, Question question, int words) throws Exception {
        Conversation caller = Conversation.ask(port, party.secret(), question);
        caller.words(words);
        caller.leave();
        return new Asked(party, question, Patience.FOR_SOME_WORDS, "", words);
    }

    private static Sum betweenWhatCameAndWhatWasMade(Desk desk, OracleUpstream oracle, Asked asked) throws Exception {
        List<Entry> entries = oracle.journal().of(asked.question.mark());
        assertThat(entries).as(asked.question.mark()).hasSize(1);
        Entry entry = entries.getFirst();
        String id = entry.headers().getOrDefault("x-request-id", "none");
        Await.until("decided", () -> desk.decided(id));
        JsonNode decision = desk.decision(id);
        String what = "seed " + SEED + ": " + asked + ": " + decision;
        long input = decision.path("usage").path("input_tokens").asLong();
        long output = decision.path("usage").path("output_tokens").asLong();
        assertThat(decision.path("outcome").asString()).as(what).isIn("aborted", "served");
        assertThat(output).as(what).isBetween((long) asked.words, entry.completionTokens());
        assertThat(input).as(what).isIn(entry.promptTokens(), asked.question.countedInput());
        assertThat(decision.path("cost_nano_usd").asLong()).as(what).isEqualTo(Terms.nanoUsd(input, output));
        return Sum.of(input, output);
    }

    private static Sum equalOneByOne(Desk desk, OracleUpstream oracle, Asked asked) throws Exception {
        List<Entry> entries = oracle.journal().of(asked.question.mark());
        assertThat(entries).as(asked.question.mark()).hasSize(1);
        Entry entry = entries.getFirst();
        JsonNode decision = desk.decision(asked.id);
        String what = "seed " + SEED + ": " + asked.question;
        Sum sum = Sum.of(entry.promptTokens(), entry.completionTokens());
        assertThat(decision.path("outcome").asString()).as(what).isEqualTo("served");
        assertThat(decision.path("usage").path("source").asString()).as(what).isEqualTo("reported");
        assertThat(new Sum(
                        1,
                        decision.path("usage").path("input_tokens").asLong(),
                        decision.path("usage").path("output_tokens").asLong(),
                        decision.path("cost_nano_usd").asLong()))
                .as(what)
                .isEqualTo(sum);
        assertThat(decision.path("caller").path("key").asString()).as(what).isEqualTo(asked.party.key);
        return sum;
    }

    private static Map<String, Sum> groups(JsonNode usage) {
        Map<String, Sum> groups = new TreeMap<>();
        for (JsonNode row : usage.path("rows").values()) {
            String group = String.join(
                    " ",
                    List.of("tenant", "team", "key", "model").stream()
                            .map(name -> row.path(name).asString())
                            .toList());
            groups.put(group, Sum.read(row));
        }
        return groups;
    }

    private static void equalOnLimits(Desk desk, Map<String, Sum> expected) throws Exception {
        for (String tenant : List.of("acme", "umbrella")) {
            Sum sum = expected.entrySet().stream()
                    .filter(group -> group.getKey().startsWith(tenant + " "))
                    .map(Map.Entry::getValue)
                    .reduce(Sum.NONE, Sum::plus);
            assertThat(desk.limit(tenant + ":tokens/day").path("used").asLong()).isEqualTo(sum.input + sum.output);
            assertThat(desk.limit(tenant + ":cost/month").path("used").asLong()).isEqualTo(sum.nanoUsd);
            assertThat(desk.limit(tenant + ":requests/week").path("used").asLong())
                    .isEqualTo(sum.requests);
        }
    }
}
