package io.atlas.enduser;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Audience;
import io.atlas.config.Key;
import io.atlas.config.TierPlan;
import io.atlas.enduser.People.Welcome;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Verdict.Granted;
import io.atlas.kernel.route.Sla;
import io.atlas.kernel.tenant.ModelPattern;
import io.atlas.kernel.tenant.Tier;
import io.atlas.kernel.unit.Period;
import io.atlas.store.Agreement;
import io.atlas.store.memory.MemoryStore;
import io.atlas.time.Ids;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeopleTest {
    private static final long DAY = 86_400_000_000L;
    private static final long NOW = 20_000 * DAY;
    private static final int MOST = 10_000;
    private static final long MOST_BYTES = 1_024;
    private static final LimitSpec PER_DAY = LimitSpec.of(Kind.TOKENS, Period.DAY, 10_000);
    private static final LimitSpec PER_MINUTE = LimitSpec.of(Kind.REQUESTS, Period.MINUTE, 20);
    private static final Demand SOME = new Demand(100, 100, 1_000);

    @TempDir
    Path folder;

    private final MemoryStore store = new MemoryStore();

    @Test
    void oneMoreThanMaxIsOneTooMany() throws Exception {
        People people = people();
        Audience audience = audience(3, List.of(PER_DAY));
        for (String name : List.of("a", "b", "c", "a", "b")) {
            assertThat(people.welcome(audience, name, NOW)).isEqualTo(Welcome.KNOWN);
        }
        assertThat(people.welcome(audience, "d", NOW)).isEqualTo(Welcome.FULL);
        assertThat(people.welcome(audience, "c", NOW)).isEqualTo(Welcome.KNOWN);
        assertThat(people.count(audience)).isEqualTo(3);
    }

    @Test
    void whoIsSilentForLongLeavesHisPlaceToAnother() throws Exception {
        People people = people();
        Audience audience = audience(2, List.of(PER_DAY));
        people.restore(audience, "a", NOW);
        people.restore(audience, "b", NOW);
        assertThat(people.welcome(audience, "a", NOW + 5 * DAY)).isEqualTo(Welcome.KNOWN);

        assertThat(people.welcome(audience, "c", NOW + 32 * DAY)).isEqualTo(Welcome.FULL);
        assertThat(people.welcome(audience, "c", NOW + 32 * DAY + 1)).isEqualTo(Welcome.KNOWN);
        assertThat(people.welcome(audience, "b", NOW + 32 * DAY + 1)).isEqualTo(Welcome.FULL);
        assertThat(people.welcome(audience, "a", NOW + 32 * DAY + 1)).isEqualTo(Welcome.KNOWN);
    }

    @Test
    void nobodyIsForgottenWhileWhatHeUsedCounts() {
        LimitSpec slow =
                new LimitSpec(Kind.TOKENS, Optional.of(Period.HOUR), 10, 10 * 24 * 40, new Narrowing.Whole(), 20);
        LimitSpec slowest =
                new LimitSpec(Kind.TOKENS, Optional.of(Period.HOUR), 1, 1_000_000_000L, new Narrowing.Whole(), 20);
        assertThat(days(PER_MINUTE)).isEqualTo(32);
        assertThat(days(LimitSpec.concurrent(1))).isEqualTo(32);
        assertThat(days(LimitSpec.of(Kind.TOKENS, Period.MONTH, 1))).isEqualTo(32);
        assertThat(days(LimitSpec.of(Kind.TOKENS, Period.QUARTER, 1))).isEqualTo(93);
        assertThat(days(LimitSpec.of(Kind.TOKENS, Period.YEAR, 1))).isEqualTo(367);
        assertThat(days(slow)).isEqualTo(40);
        assertThat(days(slowest)).isEqualTo(367);
    }

    @Test
    void theCountersOfWhoIsForgottenGoWithHim() throws Exception {
        People people = people();
        Audience audience = audience(1, List.of(PER_DAY, PER_MINUTE));
        people.welcome(audience, "a", NOW);
        use(audience, "a", NOW);
        assertThat(levels(audience, "a", NOW)).extracting(Level::used).containsExactly(200L, 1L);

        people.welcome(audience, "b", NOW + 40 * DAY);
        assertThat(store.size()).isZero();
    }

    @Test
    void aQuestionMakesNoCounter() throws Exception {
        Audience audience = audience(1, List.of(PER_DAY, PER_MINUTE));
        assertThat(levels(audience, "a", NOW)).extracting(Level::used).containsExactly(0L, 0L);
        assertThat(store.refusal(audience.limits("a", "free"), SOME, NOW)
                        .toCompletableFuture()
                        .join())
                .isEmpty();
        assertThat(store.size()).isZero();
    }

    @Test
    void tenThousandCostLessThanAKibibyteEach() throws Exception {
        People people = people();
        Audience audience = audience(MOST, List.of(PER_DAY, PER_MINUTE));
        use(audience, "somebody", NOW);
        long before = usedBytes();
        for (int i = 0; i < MOST; i++) {
            String name = people.pseudonym(audience, "customer-" + i + "@example.com");
            assertThat(people.welcome(audience, name, NOW)).isEqualTo(Welcome.KNOWN);
            use(audience, name, NOW);
        }
        long each = (usedBytes() - before) / MOST;
        assertThat(each).as("bytes for each of %d end users", MOST).isBetween(1L, MOST_BYTES);
        assertThat(store.size()).isEqualTo(2 + 2 * MOST);
        assertThat(people.count(audience)).isEqualTo(MOST);
    }

    private void use(Audience audience, String name, long nowMicros) {
        Granted granted = (Granted) store.reserve("req", new LimitPath(audience.limits(name, "free")), SOME, nowMicros)
                .toCompletableFuture()
                .join();
        assertThat(store.settle(granted.reservation(), SOME, nowMicros)).isCompletedWithValue(true);
    }

    private List<Level> levels(Audience audience, String name, long nowMicros) {
        return store.levels(audience.limits(name, "free"), nowMicros)
                .toCompletableFuture()
                .join();
    }

    private People people() throws Exception {
        return new People(
                Pseudonyms.open(
                        folder.resolve("secrets"), () -> Ids.hexSecret(Pseudonyms.SECRET_BYTES), Agreement.ALONE),
                store);
    }

    private static long days(LimitSpec spec) {
        return audience(1, List.of(spec)).memoryMicros() / DAY;
    }

    private static Audience audience(int max, List<LimitSpec> limits) {
        TierPlan free = new TierPlan(
                new Tier("free", 0, 1, List.of(new ModelPattern.Any())),
                limits,
                List.of(),
                Optional.empty(),
                Sla.NONE,
                List.of());
        return new Audience(
                new Place.OfKey("acme", Optional.of("search"), "app"),
                new Key.EndUsers(max, "free", List.of("free")),
                Map.of("free", free),
                List.<Limit>of(),
                ZoneOffset.UTC);
    }

    /** What is alive on the heap: the least of a few looks, each after a collection. */
    private static long usedBytes() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
