package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.store.share.Holds;
import io.atlas.store.share.LimitsInForce;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a server is told that may have lost what it knew. */
class TellingTest {
    private static final TimeSource TIME = TimeSource.system();
    private static final Demand DEMAND = new Demand(10, 10, 1_000);
    private static final long PAUSE_MILLIS = 1_000;
    private static final Limit SLOTS = Limit.of(new Place.OfTenant("acme"), LimitSpec.concurrent(10), ZoneOffset.UTC);

    private final RealRedis redis = RealRedis.start();
    private final Link link = Link.open(redis.url(), Scripts.bundled());
    private final Link operator = Link.open(redis.url(), Scripts.bundled());
    private final Steps steps = new Steps(link, "one", Steps.Clock.SERVER);
    private final Holds open = new Holds();

    @AfterEach
    void stop() {
        link.close();
        operator.close();
        redis.close();
    }

    @Test
    void whatEndsWhileAllIsHeldAgainIsNotHeldForGood() throws Exception {
        Redis.await(steps.mark(Names.tag(SLOTS.place())));
        reserve("a");
        reserve("b");
        List<Reservation> inTurn = new ArrayList<>(open.all());
        Reservation last = inTurn.getLast();

        Redis.await(operator.commands().clientPause(PAUSE_MILLIS));
        Thread telling = Thread.ofPlatform().start(this::tellAll);
        Await.until("the first is being held again", () -> telling.getState() == Thread.State.TIMED_WAITING);
        open.remove(last.id());
        CompletionStage<Boolean> ended = steps.settle(last, DEMAND, TIME.epochMicros());
        telling.join();

        assertThat(Redis.await(ended)).isTrue();
        assertThat(Redis.await(steps.holds(Names.tag(SLOTS.place()))))
                .containsExactly(inTurn.getFirst().id());
    }

    private void reserve(String id) {
        Steps.Wish wish = new Steps.Wish(id, List.of(SLOTS), DEMAND, RedisStore.TTL_MICROS);
        Steps.Answer answer = Redis.await(steps.reserve(wish, TIME.epochMicros()));
        open.add(((Verdict.Granted) ((Steps.Answer.Decided) answer).verdict()).reservation());
    }

    private void tellAll() {
        RedisLender lender = new RedisLender(link, "one", Steps.Clock.SERVER, TIME::epochMicros, (_, _, _) -> {});
        new Telling(steps, lender, open, new Unsaid())
                .tell(
                        new Telling.Change(List.of(), List.of(), List.of(), List.of()),
                        LimitsInForce.NONE,
                        TIME.epochMicros());
    }
}
