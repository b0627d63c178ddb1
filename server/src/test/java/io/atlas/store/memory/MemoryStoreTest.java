package io.atlas.store.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.ledger.Posting;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryStoreTest {
    private static final long NOON = 1_795_176_000_000_000L;
    private static final Place ACME = new Place.OfTenant("acme");
    private static final Demand DEMAND = new Demand(100, 50, 1_000);

    private final MemoryStore store = new MemoryStore();

    /** What one thread saw in the end. */
    private record Tally(long requests, long tokens) {}

    @RepeatedTest(20)
    void twoHundredThreadsGetExactlyTheTwentyThatThereAre() throws Exception {
        List<Limit> path = List.of(
                limit(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 1_000_000)),
                limit(LimitSpec.of(Kind.REQUESTS, Period.DAY, 20)));

        List<Boolean> granted = together(
                200,
                i -> () -> now(store.reserve("r" + i, new LimitPath(path), DEMAND, NOON)) instanceof Verdict.Granted);

        assertThat(granted).filteredOn(Boolean::booleanValue).hasSize(20);
        assertThat(levels(path)).extracting(Level::held).containsExactly(20 * 150L, 20L);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8})
    void whateverEndsHowTheSumsAgree(long seed) throws Exception {
        List<Limit> path = List.of(
                limit(LimitSpec.of(Kind.TOKENS, Period.DAY, 100_000)),
                limit(LimitSpec.of(Kind.REQUESTS, Period.MONTH, 1_000)),
                limit(LimitSpec.concurrent(12)));

        List<Tally> tallies = together(16, i -> () -> work(path, new Random(seed * 100 + i)));

        assertThat(levels(path))
                .as("seed %d", seed)
                .extracting(Level::used)
                .containsExactly(
                        tallies.stream().mapToLong(Tally::tokens).sum(),
                        tallies.stream().mapToLong(Tally::requests).sum(),
                        0L);
        assertThat(levels(path)).as("seed %d", seed).extracting(Level::held).containsOnly(0L);
        assertThat(levels(path).getFirst().used()).as("seed %d", seed).isBetween(1L, 100_000L);
    }

    @Test
    void aQuestionIsAnsweredByTheAmountThatItNamesAndLeaksNothing() throws Exception {
        Limit slow = limit(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 1_000));
        Limit fast = limit(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 1_000_000));
        store.enforce(List.of(), List.of(slow), List.of(new Posting(slow, 1_000, NOON)), NOON);

        assertThat(now(store.refusal(List.of(fast), DEMAND, NOON + 6_000_000))).isEmpty();
        assertThat(now(store.refusal(List.of(slow), DEMAND, NOON + 6_000_000))).isPresent();
        assertThat(now(store.levels(List.of(slow), NOON + 6_000_000)).getFirst().used())
                .isEqualTo(900);
    }

    @Test
    void aChangedRateHoldsFromTheChangeOnForWhatIsOpenToo() throws Exception {
        Limit fast = limit(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 60_000));
        Limit slow = limit(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 60));
        store.enforce(List.of(), List.of(fast), List.of(new Posting(fast, 50_000, NOON)), NOON);
        Verdict verdict = now(store.reserve("r", new LimitPath(List.of(fast)), DEMAND, NOON));
        store.enforce(List.of(slow), List.of(), List.of(), NOON + 1_000_000);

        store.settle(((Verdict.Granted) verdict).reservation(), DEMAND, NOON + 11_000_000);

        // A second at 1,000 and ten at 1.
        assertThat(now(store.levels(List.of(slow), NOON + 11_000_000))
                        .getFirst()
                        .used())
                .isEqualTo(50_000 + 150 - 1_000 - 10);
    }

    @Test
    void whoStillAsksForALimitThatIsGoneIsNotHeldToItAndLeavesNothing() throws Exception {
        Limit day = limit(LimitSpec.of(Kind.TOKENS, Period.DAY, 100));
        LimitPath path = new LimitPath(List.of(day));
        store.enforce(List.of(), List.of(day), List.of(new Posting(day, 100, NOON)), NOON);
        assertThat(now(store.reserve("r", path, DEMAND, NOON))).isInstanceOf(Verdict.Refused.class);
        store.enforce(List.of(), List.of(), List.of(), NOON);

        assertThat(now(store.reserve("r", path, DEMAND, NOON))).isInstanceOf(Verdict.Granted.class);
        assertThat(now(store.levels(List.of(day), NOON)).getFirst().held()).isZero();
    }

    @Test
    void whatIsLetGoOfIsCountedAnewOnTheSamePath() throws Exception {
        Limit slots = limit(LimitSpec.concurrent(1));
        LimitPath path = new LimitPath(List.of(slots));
        Verdict first = now(store.reserve("r", path, DEMAND, NOON));
        store.release(((Verdict.Granted) first).reservation(), NOON);
        store.forget(List.of(slots), NOON);

        assertThat(now(store.reserve("r", path, DEMAND, NOON))).isInstanceOf(Verdict.Granted.class);
        assertThat(levels(List.of(slots)).getFirst().held()).isEqualTo(1);
    }

    @Test
    void byTheCalendarOfAnotherZoneALimitThatWasOnlyAskedForIsAnother() {
        Limit utc = limit(LimitSpec.of(Kind.TOKENS, Period.DAY, 1_000));
        Limit tokyo = Limit.of(ACME, utc.spec(), ZoneOffset.ofHours(9));
        store.seed(utc, 900, NOON);

        assertThat(store.uncounted(List.of(utc))).isEmpty();
        assertThat(store.uncounted(List.of(tokyo))).containsExactly(tokyo);
        store.seed(tokyo, 400, NOON);
        assertThat(levels(List.of(tokyo)).getFirst().used()).isEqualTo(400);
    }

    @Test
    void theCountersOfAChangedAmountAreTheSame() {
        store.seed(limit(LimitSpec.of(Kind.TOKENS, Period.DAY, 1_000)), 900, NOON);
        Limit more = limit(LimitSpec.of(Kind.TOKENS, Period.DAY, 2_000));
        assertThat(levels(List.of(more)).getFirst().used()).isEqualTo(900);
    }

    @Test
    void askingForARefusalHoldsNothing() {
        List<Limit> path = List.of(limit(LimitSpec.of(Kind.TOKENS, Period.DAY, 150)));
        assertThat(now(store.refusal(path, DEMAND, NOON))).isEmpty();
        assertThat(now(store.refusal(path, DEMAND, NOON))).isEmpty();
        assertThat(now(store.refusal(path, new Demand(101, 50, 0), NOON))).isPresent();
        assertThat(levels(path).getFirst().held()).isZero();
    }

    private Tally work(List<Limit> path, Random random) {
        long requests = 0;
        long tokens = 0;
        List<Reservation> open = new ArrayList<>();
        for (int step = 0; step < 500; step++) {
            if (random.nextBoolean()
                    && now(store.reserve("r", new LimitPath(path), DEMAND, NOON)) instanceof Verdict.Granted granted) {
                open.add(granted.reservation());
            } else if (!open.isEmpty()) {
                Reservation one = open.remove(random.nextInt(open.size()));
                Optional<Demand> actual = random.nextInt(3) == 0
                        ? Optional.empty()
                        : Optional.of(new Demand(random.nextInt(100), random.nextInt(50), 0));
                end(one, actual);
                requests += actual.isPresent() ? 1 : 0;
                tokens += actual.map(demand -> demand.of(Kind.TOKENS)).orElse(0L);
            }
        }
        open.forEach(one -> end(one, Optional.empty()));
        return new Tally(requests, tokens);
    }

    private void end(Reservation one, Optional<Demand> actual) {
        boolean first =
                actual.isPresent() ? now(store.settle(one, actual.orElseThrow(), NOON)) : now(store.release(one, NOON));
        assertThat(first).isTrue();
        assertThat(now(store.release(one, NOON))).isFalse();
        assertThat(now(store.settle(one, DEMAND, NOON))).isFalse();
    }

    /** Runs a task on each of so many threads, all let go at once. */
    private static <T> List<T> together(int threads, IntFunction<Callable<T>> task) throws Exception {
        CyclicBarrier start = new CyclicBarrier(threads);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            List<Future<T>> futures = IntStream.range(0, threads)
                    .mapToObj(i -> pool.submit(() -> {
                        start.await();
                        return task.apply(i).call();
                    }))
                    .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get());
            }
            return results;
        }
    }

    private List<Level> levels(List<Limit> path) {
        return now(store.levels(path, NOON));
    }

    private static Limit limit(LimitSpec spec) {
        return Limit.of(ACME, spec, ZoneOffset.UTC);
    }

    /** The answer of a stage that is complete already. */
    private static <T> T now(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }
}
