package io.atlas.store.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation.Told;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.store.Peek;
import io.atlas.store.QuotaStore;
import io.atlas.store.StoreAway;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** A look at the counters says what a reservation would, and leaves them as they are. */
class PeekTest {
    private static final long SEED = 20_261_125;
    private static final Place ACME = new Place.OfTenant("acme");
    private static final List<Limit> LIMITS = List.of(
            limit(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 500)),
            limit(LimitSpec.of(Kind.TOKENS, Period.DAY, 5_000)),
            limit(LimitSpec.of(Kind.COST, Period.MONTH, 9_000)),
            limit(LimitSpec.concurrent(4)));

    @Test
    void itForetellsEachStepOfAWalk() {
        Random random = new Random(SEED);
        MemoryStore store = new MemoryStore();
        Peek peek = new Peek(store);
        long now = 1_795_168_800_000_000L;
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            now += random.nextLong(4_000_000);
            LimitPath path = new LimitPath(LIMITS);
            Demand demand = new Demand(random.nextLong(120), random.nextLong(60), random.nextLong(200));

            Verdict foretold = peek.reserve("r" + i, path, demand, now)
                    .toCompletableFuture()
                    .join();
            Verdict decided = store.reserve("r" + i, path, demand, now)
                    .toCompletableFuture()
                    .join();

            switch (decided) {
                case Verdict.Refused no -> {
                    refused++;
                    assertThat(foretold).as("seed %d, step %d", SEED, i).isEqualTo(no);
                }
                case Verdict.Granted yes -> {
                    assertThat(told(foretold))
                            .as("seed %d, step %d", SEED, i)
                            .usingRecursiveComparison()
                            .ignoringFields("after.resetsAtMicros")
                            .isEqualTo(told(yes));
                    if (random.nextInt(3) > 0) {
                        store.settle(yes.reservation(), new Demand(random.nextLong(40), 0, 3), now);
                    } else {
                        store.release(yes.reservation(), now);
                    }
                }
            }
        }
        assertThat(refused).isBetween(100, 1_900);
    }

    private static List<Told> told(Verdict verdict) {
        return ((Verdict.Granted) verdict)
                .reservation().taken().stream()
                        .map(taken -> new Told(taken.limit(), taken.before(), taken.after()))
                        .toList();
    }

    @Test
    void aStoreThatIsAwayIsAwayForALookToo() {
        QuotaStore nobody = (QuotaStore) Proxy.newProxyInstance(
                PeekTest.class.getClassLoader(), new Class<?>[] {QuotaStore.class}, (proxy, method, arguments) -> {
                    if (method.isDefault()) {
                        return InvocationHandler.invokeDefault(proxy, method, arguments);
                    }
                    throw new StoreAway("away");
                });
        Peek away = new Peek(nobody);

        assertThatThrownBy(() -> away.reserve("r", new LimitPath(LIMITS), new Demand(1, 1, 1), 1)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isExactlyInstanceOf(StoreAway.class);
    }

    private static Limit limit(LimitSpec spec) {
        return Limit.of(ACME, spec, ZoneOffset.UTC);
    }
}
