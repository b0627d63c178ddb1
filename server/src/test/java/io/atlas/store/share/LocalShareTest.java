package io.atlas.store.share;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.store.StoreAway;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LocalShareTest {
    private static final long NOON = 1_795_176_000_000_000L;
    private static final long DAY = 86_400_000_000L;
    private static final long MINUTE = 60_000_000L;
    private static final Place ACME = new Place.OfTenant("acme");
    private static final Limit DAILY = limit(LimitSpec.of(Kind.REQUESTS, Period.DAY, 1_000));
    private static final Limit RATE = limit(LimitSpec.of(Kind.REQUESTS, Period.MINUTE, 60));
    private static final Limit AT_ONCE = limit(LimitSpec.concurrent(8));
    private static final Demand DEMAND = new Demand(100, 50, 1_000);

    private final LocalShare share = new LocalShare();
    private int asked;

    @Test
    void whatWasNeverSeenIsNotGuessed() {
        assertAway(DAILY);
    }

    @Test
    void ofWhatIsLeftAHundredthIsDividedByTheNodes() {
        share.among(2);
        said(DAILY, 0);
        for (int i = 0; i < 5; i++) {
            give(DAILY);
        }
        assertAway(DAILY);
    }

    @Test
    void noMoreIsGivenOutThanWasLeft() {
        said(DAILY, 999);
        give(DAILY);
        assertAway(DAILY);
    }

    @Test
    void theSecondAbsenceGivesOutNothingOnTopOfTheFirst() {
        said(DAILY, 999);
        Reservation first = give(DAILY);
        share.settle(first, DEMAND, NOON);
        assertThat(share.unknown()).as("the server was not told").isEmpty();
        assertAway(DAILY);
        share.told(List.of(DAILY));
        assertAway(DAILY);
        said(DAILY, 999);
        assertAway(DAILY);
    }

    @Test
    void afterTheServerWasToldAndAskedTheWholeAllowanceIsThereAgain() {
        said(DAILY, 10);
        for (int i = 0; i < 10; i++) {
            share.settle(give(DAILY), DEMAND, NOON);
            share.told(List.of(DAILY));
        }
        assertAway(DAILY);
        assertThat(share.unknown()).containsExactly(DAILY);
        share.known(DAILY, new Level(20, 0, NOON + DAY), NOON);
        for (int i = 0; i < 10; i++) {
            give(DAILY);
        }
        assertAway(DAILY);
    }

    @Test
    void whatWasGivenOutWhileTheServerWasAskedStillCounts() {
        said(DAILY, 998);
        share.settle(give(DAILY), DEMAND, NOON);
        share.told(List.of(DAILY));
        assertThat(share.unknown()).containsExactly(DAILY);
        give(DAILY);
        share.known(DAILY, new Level(999, 0, NOON + DAY), NOON);
        assertAway(DAILY);
    }

    @Test
    void whatIsOpenIsNotYetKnownWhateverWasCountedAgain() {
        said(DAILY, 990);
        Reservation open = give(DAILY);
        share.settle(give(DAILY), DEMAND, NOON);
        share.recounted();
        assertThat(share.unknown()).isEmpty();
        share.settle(open, DEMAND, NOON);
        share.recounted();
        assertThat(share.unknown()).containsExactly(DAILY);
    }

    @Test
    void whatIsGivenBackWasNeverGivenOut() {
        said(DAILY, 999);
        share.release(give(DAILY), NOON);
        give(DAILY);
        assertAway(DAILY);
    }

    @Test
    void ofARateThePartIsAsFullAsTheWhole() {
        share.among(2);
        said(RATE, 40);
        for (int i = 0; i < 10; i++) {
            give(RATE);
        }
        assertThat(share.reserve("more", List.of(RATE), DEMAND, NOON)).isInstanceOf(Verdict.Refused.class);
        assertThat(share.reserve("later", List.of(RATE), DEMAND, NOON + MINUTE / 30))
                .isInstanceOf(Verdict.Granted.class);
    }

    @Test
    void ofARateThatWasNeverSeenThePartIsEmpty() {
        share.among(2);
        for (int i = 0; i < 30; i++) {
            give(RATE);
        }
        assertThat(share.reserve("more", List.of(RATE), DEMAND, NOON)).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void ofRequestsAtOnceEachNodeHasItsPartAndAtLeastOne() {
        share.among(3);
        Reservation one = give(AT_ONCE);
        give(AT_ONCE);
        assertThat(share.reserve("more", List.of(AT_ONCE), DEMAND, NOON)).isInstanceOf(Verdict.Refused.class);
        share.settle(one, DEMAND, NOON);
        give(AT_ONCE);
        share.among(100);
        Limit other = Limit.of(new Place.OfTenant("other"), LimitSpec.concurrent(8), ZoneOffset.UTC);
        give(other);
    }

    @Test
    void ofRequestsAtOnceThoseThatWereLetInBeforeCount() {
        AtomicInteger before = new AtomicInteger(3);
        LocalShare after = new LocalShare(_ -> before.get());
        after.among(2);

        assertThat(after.reserve("one", List.of(AT_ONCE), DEMAND, NOON)).isInstanceOf(Verdict.Granted.class);
        assertThat(after.reserve("more", List.of(AT_ONCE), DEMAND, NOON)).isInstanceOf(Verdict.Refused.class);
        before.decrementAndGet();
        assertThat(after.reserve("two", List.of(AT_ONCE), DEMAND, NOON)).isInstanceOf(Verdict.Granted.class);
        before.set(100);
        assertThat(after.reserve("three", List.of(AT_ONCE), DEMAND, NOON)).isInstanceOf(Verdict.Refused.class);
    }

    @Test
    void whatIsInShadowRefusesNothing() {
        LimitSpec shadow = LimitSpec.concurrent(1).in(LimitSpec.Mode.SHADOW);
        List<Limit> path = List.of(limit(shadow), AT_ONCE);

        assertThat(share.reserve("one", path, DEMAND, NOON)).isInstanceOf(Verdict.Granted.class);
        assertThat(share.reserve("two", path, DEMAND, NOON)).isInstanceOf(Verdict.Granted.class);
    }

    @Test
    void inANewWindowTheAllowanceIsNew() {
        said(DAILY, 999);
        share.settle(give(DAILY), DEMAND, NOON);
        assertAway(DAILY);
        assertThat(share.reserve("tomorrow", List.of(DAILY), DEMAND, NOON + DAY))
                .isInstanceOf(Verdict.Granted.class);
    }

    private Reservation give(Limit limit) {
        Verdict verdict = share.reserve("r" + asked++, List.of(limit), DEMAND, NOON);
        assertThat(verdict).isInstanceOf(Verdict.Granted.class);
        return ((Verdict.Granted) verdict).reservation();
    }

    private void said(Limit limit, long used) {
        share.learn(limit, new Level(used, 0, NOON + DAY), NOON);
    }

    private void assertAway(Limit limit) {
        assertThatThrownBy(() -> share.reserve("no" + asked++, List.of(limit), DEMAND, NOON))
                .isInstanceOf(StoreAway.class);
    }

    private static Limit limit(LimitSpec spec) {
        return Limit.of(ACME, spec, ZoneOffset.UTC);
    }
}
