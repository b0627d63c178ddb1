package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.oracle.Oracle;
import io.atlas.kernel.oracle.Oracle.Prompt;
import io.atlas.kernel.oracle.Oracle.Way;
import io.atlas.kernel.oracle.Policy;
import io.atlas.kernel.oracle.Policy.Exact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A million random policies and requests, each decided twice. */
class OracleTest {
    /** {@code -Datlas.policies=N} tries more of them, or others with {@code -Datlas.seed=N}. */
    private static final long POLICIES = Long.getLong("atlas.policies", 1_000_000);

    private static final long SEED = Long.getLong("atlas.seed", 20_261_126);

    /** What became of one. */
    private enum Fate {
        AS_ASKED,
        OTHER_MODEL,
        SHORTER_PROMPT,
        SHORTER_ANSWER,
        NOT_SERVED
    }

    @Test
    void nobodyIsServedByWhatIsForbiddenAndEveryDecisionIsThatOfTheOracle() {
        Map<Fate, Long> fates = LongStream.range(0, POLICIES)
                .parallel()
                .collect(
                        () -> new EnumMap<>(Fate.class),
                        (counts, number) -> counts.merge(decide(SEED + number), 1L, Long::sum),
                        (counts, more) -> more.forEach((fate, count) -> counts.merge(fate, count, Long::sum)));

        assertThat(fates).containsOnlyKeys(Fate.values());
        assertThat(fates.values()).as("%s", fates).allMatch(count -> count > POLICIES / 100);
    }

    private static Fate decide(long seed) {
        Policy policy = new Policies(new SplittableRandom(seed)).next();
        Optional<Way> served = Decision.of(policy);
        if (served.isPresent()) {
            int model = served.get().model();
            boolean permitted = policy.ofTier().contains(model)
                    && policy.ofTenant().contains(model)
                    && (policy.exact() == Exact.ANY || model == policy.asked());
            if (!permitted) {
                throw new AssertionError("seed " + seed + ": " + policy + " is served by " + model);
            }
        }
        Optional<Way> expected = Oracle.decide(policy);
        if (!served.equals(expected)) {
            throw new AssertionError(
                    "seed " + seed + ": " + policy + " becomes " + served + " (expected: " + expected + ")");
        }
        return served.map(way -> fate(policy, way)).orElse(Fate.NOT_SERVED);
    }

    private static Fate fate(Policy policy, Way way) {
        if (way.model() != policy.asked()) {
            return Fate.OTHER_MODEL;
        }
        if (way.prompt() == Prompt.SHORTER) {
            return Fate.SHORTER_PROMPT;
        }
        return way.output() < policy.models().get(way.model()).output() ? Fate.SHORTER_ANSWER : Fate.AS_ASKED;
    }

    /** An oracle that asks what it judges is none. */
    @Test
    void theOracleKnowsNothingOfWhatItJudges() throws IOException {
        Path oracle = Path.of("src/test/java/io/atlas/kernel/oracle");
        try (Stream<Path> files = Files.list(oracle)) {
            List<Path> sources = files.toList();
            assertThat(sources).hasSizeGreaterThanOrEqualTo(2);
            for (Path source : sources) {
                assertThat(Files.readString(source).replace("io.atlas.kernel.oracle", ""))
                        .as("%s", source)
                        .doesNotContain("io.atlas");
            }
        }
    }
}
