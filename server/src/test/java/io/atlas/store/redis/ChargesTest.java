package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Period;
import io.atlas.ledger.Posting;
import io.atlas.store.share.Breaker;
import io.atlas.store.share.LatelyCharged;
import io.atlas.store.share.LimitsInForce;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a node has charged is set right where nothing is charged meanwhile, and what others have charged stays. */
class ChargesTest {
    private static final TimeSource TIME = TimeSource.system();
    private static final Limit TOKENS =
            Limit.of(new Place.OfTenant("acme"), LimitSpec.of(Kind.TOKENS, Period.MONTH, 1_000_000), ZoneOffset.UTC);
    private static final Limit REQUESTS =
            Limit.of(new Place.OfTenant("acme"), LimitSpec.of(Kind.REQUESTS, Period.DAY, 1_000), ZoneOffset.UTC);
    private static final Limit OF_ALL =
            Limit.of(new Place.OfModel("large"), LimitSpec.of(Kind.TOKENS, Period.MONTH, 1_000_000), ZoneOffset.UTC);

    private static final Limit SOMEBODYS = Limit.of(
            new Place.OfEndUser(new Place.OfKey("acme", Optional.empty(), "app"), "somebody"),
            LimitSpec.of(Kind.TOKENS, Period.MONTH, 1_000),
            ZoneOffset.UTC);

    private final RealRedis redis = RealRedis.start();
    private final RedisStore one = node("one");
    private final RedisStore two = node("two");

    @AfterEach
    void stop() {
        one.close();
        two.close();
        redis.close();
    }

    @Test
    void itSaysWhatTheNodeHasCharged() {
        settle(one, "a", 30);
        settle(two, "b", 50);

        assertThat(one.chargesOf("one").said()).isEqualTo(Map.of(TOKENS, 30L, REQUESTS, 1L, OF_ALL, 0L));
        assertThat(one.chargesOf("nobody").said()).isEqualTo(Map.of(TOKENS, 0L, REQUESTS, 0L, OF_ALL, 0L));
    }

    @Test
    void whatTheLedgerHasMoreOrLessOfIsSet() {
        settle(one, "a", 30);
        settle(two, "b", 50);
        Charges charges = one.chargesOf("one");

        assertThat(charges.mend(List.of(posting(TOKENS, 75), posting(REQUESTS, 0)), charges.said(), now()))
                .hasSize(2);

        assertThat(used(two, TOKENS)).isEqualTo(75 + 50);
        assertThat(used(two, REQUESTS)).isEqualTo(1);
        assertThat(charges.said()).isEqualTo(Map.of(TOKENS, 75L, REQUESTS, 0L, OF_ALL, 0L));
    }

    @Test
    void whatIsHeldInAdvanceIsSetRightToo() {
        settle(one, "a", 30, OF_ALL, TOKENS);
        settle(two, "b", 50, OF_ALL, TOKENS);
        assertThat(usedOfAll()).isEqualTo(30 + 50);
        Charges charges = one.chargesOf("one");
        assertThat(charges.said()).containsEntry(OF_ALL, 30L);

        assertThat(charges.mend(List.of(posting(OF_ALL, 35)), charges.said(), now()))
                .hasSize(1);

        assertThat(usedOfAll()).isEqualTo(35 + 50);
        settle(one, "c", 7, OF_ALL, TOKENS);
        assertThat(usedOfAll()).isEqualTo(35 + 7 + 50);
        assertThat(charges.said()).containsEntry(OF_ALL, 42L);
    }

    @Test
    void ofPeopleThoseThatWereChargedSinceAreSetRight() {
        settle(one, "a", 30, TOKENS, SOMEBODYS);
        settle(two, "b", 50, TOKENS, SOMEBODYS);
        Charges charges = one.chargesOf("one");
        Map<Limit, Long> said = charges.said();
        assertThat(said).containsEntry(SOMEBODYS, 30L);

        assertThat(charges.mend(List.of(posting(SOMEBODYS, 35)), said, now())).hasSize(1);

        assertThat(used(two, SOMEBODYS)).isEqualTo(35 + 50);
        assertThat(charges.said()).doesNotContainKey(SOMEBODYS);
    }

    @Test
    void whatIsChargedMeanwhileIsLeftAlone() {
        settle(one, "a", 30);
        Charges charges = one.chargesOf("one");
        Map<Limit, Long> said = charges.said();
        settle(one, "b", 5);

        assertThat(charges.mend(List.of(posting(TOKENS, 75)), said, now())).isEmpty();

        assertThat(used(one, TOKENS)).isEqualTo(35);
    }

    @Test
    void whereTheServerHasYetToHearSomethingNothingIsSaid() {
        settle(one, "a", 30);
        Breaker closed = new Breaker(TIME::nanos);
        closed.close();
        Unsaid unsaid = new Unsaid();
        LimitsInForce tokens = LimitsInForce.NONE.followedBy(List.of(TOKENS), now());
        try (Link link = Link.open(redis.url(), Scripts.bundled())) {
            Charges charges = new Charges(
                    new Steps(link, "one", Steps.Clock.SERVER), closed, unsaid, () -> tokens, new LatelyCharged());
            assertThat(charges.said()).isEqualTo(Map.of(TOKENS, 30L));

            unsaid.add(new Unsaid.Thing.Charge(List.of(TOKENS), new Demand(5, 0, 0), now()));

            assertThat(charges.said()).isEmpty();
        }
    }

    @Test
    void whereTheServerIsAwayNothingIsSaid() {
        redis.kill();
        long until = TIME.nanos() + 10_000_000_000L;
        while (one.awayFor().isZero() && TIME.nanos() < until) {
            settle(one, "away", 1);
        }

        assertThat(one.chargesOf("one").said()).isEmpty();
    }

    private RedisStore node(String name) {
        RedisStore node = RedisStore.open(redis.url(), name, TIME, Duration.ofSeconds(10));
        node.enforce(List.of(), List.of(TOKENS, REQUESTS, OF_ALL), List.of(), now());
        return node;
    }

    private static void settle(RedisStore node, String id, long tokens) {
        settle(node, id, tokens, TOKENS, REQUESTS);
    }

    private static void settle(RedisStore node, String id, long tokens, Limit... path) {
        Demand demand = new Demand(tokens, 0, 0);
        Verdict verdict = Redis.await(node.reserve(id, new LimitPath(List.of(path)), demand, now()));
        if (verdict instanceof Verdict.Granted granted) {
            Redis.await(node.settle(granted.reservation(), demand, now()));
        }
    }

    private static Posting posting(Limit limit, long amount) {
        return new Posting(limit, amount, now());
    }

    /** What a node is asked it has said before. */
    private long usedOfAll() {
        used(one, OF_ALL);
        return used(two, OF_ALL);
    }

    private static long used(RedisStore node, Limit limit) {
        return Redis.await(node.levels(List.of(limit), now())).getFirst().used();
    }

    private static long now() {
        return TIME.epochMicros();
    }
}
