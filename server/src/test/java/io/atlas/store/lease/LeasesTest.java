package io.atlas.store.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.lease.Account;
import io.atlas.kernel.lease.Amounts;
import io.atlas.kernel.lease.Wish;
import io.atlas.kernel.quota.Count;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Period;
import io.atlas.store.Patience;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node makes of a lender that lends, has nothing, or is not there. */
class LeasesTest {
    private static final Demand ONE = new Demand(1, 0, 0);
    private static final int MANY = 12;

    private final Limit all = limit(new Place.OfGateway(), 1_000);
    private final Limit tenants = limit(new Place.OfTenant("acme"), 1_000);
    private final Ground ground = new Ground();
    private final Patience patience = new Patience(Duration.ofMillis(40));
    private final Leases leases = new Leases(ground, patience);

    @AfterEach
    void close() {
        patience.close();
    }

    @Test
    void whatIsWiderThanATenantIsLeasedAndATenantsOwnOnlyWhereItIsHot() {
        List<Limit> path = List.of(all, tenants);
        for (int i = 1; i < 32; i++) {
            assertThat(leases.leased(path)).containsExactly(all);
        }
        assertThat(leases.leased(path)).isEqualTo(path);
    }

    @Test
    void thoseOfPeopleBehindAKeyAreNeverLeased() {
        Place key = new Place.OfEndUser(new Place.OfKey("acme", Optional.empty(), "app"), "ada");
        List<Limit> path = List.of(tenants, limit(key, 10));
        for (int i = 0; i < 100; i++) {
            assertThat(leases.leased(path)).isEmpty();
        }
    }

    @Test
    void aLenderWhoIsNotThereFailsTheDrawingAndThrowsNothing() {
        ground.answer = Optional.of(CompletableFuture.failedFuture(new IllegalStateException("not connected")));
        assertThat(leases.draw("r1", List.of(all, tenants), ONE).toCompletableFuture())
                .isCompletedExceptionally();
        assertThat(leases.holds("r1")).isFalse();
    }

    @Test
    void whereThereIsNotEnoughForATenantAllIsGivenBackAndTheReservationIsNotOfLeases() {
        assertThat(leases.draw("r1", List.of(all, tenants), ONE)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Drawing.Drawn.class);
        leases.end("r1", Optional.of(ONE));
        ground.answer =
                Optional.of(CompletableFuture.completedFuture(new Lender.Loan.Full(List.of(Meter.of(tenants)), 0)));
        assertThat(leases.cool(List.of(all, tenants))).isTrue();
        assertThat(leases.free(tenants)).isZero();
        assertThat(leases.cool(List.of(all))).as("nothing of a tenant").isFalse();
    }

    @Test
    void whatIsCooledIsNotHotThoughItIsAskedForOften() {
        for (int i = 0; i < 40; i++) {
            leases.leased(List.of(tenants));
        }
        leases.cool(List.of(tenants));
        assertThat(leases.leased(List.of(tenants))).isEmpty();
        ground.micros += 1_000_000;
        for (int i = 0; i < 40; i++) {
            leases.leased(List.of(tenants));
        }
        assertThat(leases.leased(List.of(tenants))).containsExactly(tenants);
    }

    @Test
    void whereThereIsPlentyTheEndsOfManyAreToldTogetherAndNobodyWaitsForThat() {
        draw(0, MANY);
        for (int i = 0; i < MANY; i++) {
            assertThat(leases.end("r" + i, Optional.of(ONE)).toCompletableFuture())
                    .isCompleted();
        }
        assertThat(ground.told).hasSize(1);
        leases.tend();
        assertThat(ground.told).hasSize(3);
        assertThat(ground.charged()).isEqualTo(MANY);
    }

    @Test
    void whereALeaseIsHardlyAnyOfWhatWasWishedForEveryEndIsToldAtOnce() {
        draw(0, MANY);
        ground.left = 9;
        ground.more = 0;
        draw(MANY, 4 * MANY);
        int before = ground.told.size();
        for (int i = 0; i < MANY; i++) {
            leases.end("r" + i, Optional.of(ONE));
            assertThat(ground.told).hasSize(before + 1 + i);
        }
    }

    @Test
    void whatWasPutOffIsToldBeforeTheLimitIsLookedAtAndBeforeTheNodeLeaves() {
        draw(0, MANY);
        leases.end("r0", Optional.of(ONE));
        leases.tell(List.of(tenants));
        assertThat(ground.charged()).as("another limit").isZero();
        assertThat(leases.tell(List.of(all)).toCompletableFuture()).isCompleted();
        assertThat(ground.charged()).isEqualTo(1);
        leases.end("r1", Optional.of(ONE));
        assertThat(leases.retire().toCompletableFuture()).isCompleted();
        assertThat(ground.charged()).isEqualTo(2);
    }

    @Test
    void whatIsSaidWhileAWordIsOnItsWayFollowsItWhenItIsHeardAndWhatIsPutOffDoesNot() {
        draw(0, MANY);
        CompletableFuture<Boolean> onItsWay = new CompletableFuture<>();
        ground.hears = onItsWay;
        leases.end("r0", Optional.of(ONE));
        leases.tend();
        leases.end("r1", Optional.of(ONE));
        CompletionStage<Boolean> told = leases.tell(List.of(all));
        assertThat(ground.charged()).isEqualTo(1);
        assertThat(told.toCompletableFuture()).isNotDone();
        ground.hears = CompletableFuture.completedFuture(true);
        onItsWay.complete(true);
        assertThat(ground.charged()).isEqualTo(2);
        assertThat(told.toCompletableFuture()).isCompleted();
        leases.end("r2", Optional.of(ONE));
        assertThat(ground.charged()).isEqualTo(2);
    }

    /** At once, so that a second lease has some to spare. */
    private void draw(int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(leases.draw("r" + i, List.of(all), ONE).toCompletableFuture())
                    .isCompleted();
        }
    }

    private static Limit limit(Place place, long amount) {
        return Limit.of(place, LimitSpec.of(Kind.TOKENS, Period.MONTH, amount), ZoneOffset.UTC);
    }

    /** A node alone with a lender who lends what is wished for, unless he is told to say something else. */
    private static final class Ground implements Floor, Lender {
        private Optional<CompletionStage<Loan>> answer = Optional.empty();
        private long micros = 1_000_000;
        private int names;
        private long left = 1_000;
        private long more = 10;
        private final Map<String, Account> accounts = new HashMap<>();
        private final List<String> told = new ArrayList<>();
        private CompletableFuture<Boolean> hears = CompletableFuture.completedFuture(true);

        long charged() {
            return accounts.values().stream()
                    .mapToLong(account -> account.charged().get(0))
                    .sum();
        }

        @Override
        public CompletionStage<Loan> lend(String id, List<Limit> limits, Wish wish) {
            return answer.orElseGet(() -> {
                List<Long> amounts = new ArrayList<>();
                List<Count> after = new ArrayList<>();
                for (int i = 0; i < limits.size(); i++) {
                    amounts.add(wish.amount(i, left) + more);
                    after.add(new Count.OfWindow(0, wish.amount(i, left) + more, 0, Long.MAX_VALUE));
                }
                return CompletableFuture.completedFuture(new Loan.Lent(Amounts.of(amounts), after, 0));
            });
        }

        @Override
        public CompletionStage<Loan> lendAgain(String id, List<Limit> limits, Amounts held) {
            return CompletableFuture.completedFuture(new Loan.Unmarked());
        }

        @Override
        public CompletionStage<Boolean> tell(String id, List<Limit> limits, Account account) {
            told.add(id);
            accounts.put(id, account);
            return hears;
        }

        @Override
        public CompletionStage<Boolean> extend(String id, List<Limit> limits) {
            return CompletableFuture.completedFuture(true);
        }

        @Override
        public Lender lender() {
            return this;
        }

        @Override
        public long micros() {
            return micros;
        }

        @Override
        public String name() {
            names++;
            return "lease-" + names;
        }

        @Override
        public long shares() {
            return 4;
        }

        @Override
        public boolean away() {
            return false;
        }

        @Override
        public void failed(Throwable failure) {}

        @Override
        public void disowned() {}
    }
}
