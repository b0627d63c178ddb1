package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.acceptance.DrawnPolicy.Asking;
import io.atlas.testing.Entry;
import io.atlas.testing.OracleUpstream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Random policies before a whole gateway, each walked until its budgets are gone: whatever stands in for what, nobody is
 * served by a model that his tier, his tenant's tier or his header forbids, nor by one that cannot do what he asks; and no
 * backend is asked for it either. The kernel's part of the promise is held against an oracle by {@code OracleTest}.
 */
@Timeout(300)
class ForbiddenModelsTest {
    private static final long SEED = Long.getLong("atlas.seed", 20_261_126);
    private static final int POLICIES = Integer.getInteger("atlas.policies", 10);
    private static final int REQUESTS = 150;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    @TempDir
    Path data;

    /** What became of one. */
    private enum Fate {
        AS_ASKED,
        DOWNGRADED,
        STOOD_IN,
        FELL_BACK,
        NOT_IN_TIER,
        UNABLE,
        UNWILLING,
        USED_UP
    }

    @Test
    void nobodyIsServedByAModelThatIsForbidden() throws Exception {
        Map<Fate, Integer> fates = new EnumMap<>(Fate.class);
        try (OracleUpstream oracle = OracleUpstream.start()) {
            for (int number = 0; number < POLICIES; number++) {
                walk(SEED + number, oracle, fates);
            }
        }
        assertThat(fates).containsOnlyKeys(Fate.values());
        assertThat(fates.values()).as("%s", fates).allMatch(count -> count >= POLICIES);
    }

    private void walk(long seed, OracleUpstream oracle, Map<Fate, Integer> fates) throws Exception {
        DrawnPolicy policy = new DrawnPolicy(new SplittableRandom(seed));
        Path folder = Files.createDirectory(data.resolve("policy-" + seed));
        String yaml = policy.yaml();
        try (RunningAtlas atlas =
                RunningAtlas.start(folder, yaml, Map.of("oracle", oracle.uri().toString()))) {
            for (int i = 0; i < REQUESTS; i++) {
                Asking asking = policy.next();
                String mark = seed + "-" + i;
                Reply reply = ask(atlas, asking, mark);
                try {
                    judge(policy, asking, reply);
                    for (Entry entry : oracle.journal().of(mark)) {
                        served(policy, asking, MAPPER.readTree(entry.body()).path("model"));
                    }
                } catch (AssertionError wrong) {
                    throw new AssertionError("seed " + seed + ", request " + i + ", " + asking + "\n" + yaml, wrong);
                }
                fate(atlas, asking, reply).ifPresent(fate -> fates.merge(fate, 1, Integer::sum));
            }
        }
    }

    private static String key(Asking asking) {
        return asking.claimed().isPresent()
                ? DrawnPolicy.keyOfPeople(asking.tenant())
                : DrawnPolicy.key(asking.tenant());
    }

    private static Reply ask(RunningAtlas atlas, Asking asking, String mark) throws Exception {
        Map<String, String> headers = new HashMap<>(Map.of("authorization", "Bearer " + key(asking)));
        asking.claimed().ifPresent(tier -> {
            headers.put("x-atlas-user", "u" + tier);
            headers.put("x-atlas-tier", "t" + tier);
        });
        if (asking.exact()) {
            headers.put("x-atlas-no-downgrade", "true");
        }
        Chat chat = Chat.of("m" + asking.model(), "hello " + mark).maxTokens(60).mark(mark);
        Optional<Chat> needing = asking.feature().map(feature -> switch (feature) {
            case "tools" -> chat.with("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"look_up\"}}]");
            default -> chat.with("\"response_format\":{\"type\":\"json_object\"}");
        });
        return atlas.chat(headers, needing.orElse(chat));
    }

    private static void judge(DrawnPolicy policy, Asking asking, Reply reply) {
        if (!policy.has(asking, asking.model())) {
            assertThat(reply.expect(403).code()).isEqualTo("model_not_in_tier");
        } else if (!policy.able(asking, asking.model())) {
            assertThat(reply.expect(400).code()).isIn("invalid_tools", "invalid_response_format");
        } else if (reply.status() == 200) {
            served(policy, asking, reply.header("x-atlas-model"));
        }
    }

    private static void served(DrawnPolicy policy, Asking asking, JsonNode model) {
        served(policy, asking, model.asString(""));
    }

    private static void served(DrawnPolicy policy, Asking asking, String model) {
        int number = Integer.parseInt(model.substring(1));
        assertThat(policy.permits(asking, number)).as("served by %s", model).isTrue();
        assertThat(policy.named(asking)).as("served by %s", model).contains(number);
    }

    private static Optional<Fate> fate(RunningAtlas atlas, Asking asking, Reply reply) throws Exception {
        return switch (reply.status()) {
            case 200 ->
                Optional.of(
                        reply.maybe("x-atlas-downgraded-from").isEmpty()
                                ? Fate.AS_ASKED
                                : instead(atlas, asking, reply));
            case 400 -> reply.code().startsWith("invalid_") ? Optional.of(Fate.UNABLE) : Optional.empty();
            case 403 -> Optional.of(Fate.NOT_IN_TIER);
            case 429 ->
                Optional.of(
                        reply.remedy("fix_request").isPresent() || reply.body().contains("x-atlas-no-downgrade")
                                ? Fate.UNWILLING
                                : Fate.USED_UP);
            default -> Optional.empty();
        };
    }

    private static Fate instead(RunningAtlas atlas, Asking asking, Reply reply) throws Exception {
        String steps = atlas.get(key(asking), "/v1/decisions/" + reply.header("x-request-id"))
                .json()
                .path("steps")
                .toString();
        if (steps.contains("\"stand_in\"")) {
            return Fate.STOOD_IN;
        }
        return steps.contains("\"fallback\"") ? Fate.FELL_BACK : Fate.DOWNGRADED;
    }
}
