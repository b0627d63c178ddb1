package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.kernel.lease.Account;
import io.atlas.kernel.lease.Amounts;
import io.atlas.kernel.lease.Lessor;
import io.atlas.kernel.lease.Wish;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Period;
import io.atlas.store.lease.Lender;
import io.atlas.testing.Access;
import io.atlas.testing.RealRedis;
import io.atlas.testing.ServerKind;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One random history of leases, told to the kernel and to the scripts: they agree in every reply and every counter. */
class LeaseHistoriesTest {
    private static final int COMMANDS = 1_000;

    private static RealRedis redis;

    private record Story(Steps steps, Lender lender, List<Limit> limits, List<Meter> meters, Random random) {}

    private record Lent(String id, Amounts left, Amounts charged) {}

    private final Lessor lessor = new Lessor();
    private final List<Lent> open = new ArrayList<>();
    private final List<Runnable> late = new ArrayList<>();
    private long nowMicros = 1_795_132_800_000_000L;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    static List<Long> seeds() {
        return new Random(7).longs(30).boxed().toList();
    }

    /** A mistake in the scripts. */
    enum Planted {
        WHAT_IS_CHARGED_IS_CHARGED_AGAIN("math.max(0, args[said + 1] - charged)", "math.max(0, args[said + 1])"),
        A_LATE_WORD_TAKES_BACK_WHAT_WAS_CHARGED("math.max(0, args[said + 1] - charged)", "args[said + 1] - charged"),
        A_LATE_WORD_HOLDS_AGAIN("math.max(0, amount - args[said])", "amount - args[said]"),
        A_PART_CLOSES_THE_HOLD("part, actual, now, node, ends)", "part, actual, now, node, 1)"),
        A_DEAD_NODE_HAS_USED_NOTHING("held[2] == LEASE and held[at + 1] or held[at + 4]", "held[at + 4]"),
        ALL_THAT_IS_LEFT_IS_SPARE("floor((room - wanted) / args[3])", "room - wanted"),
        A_LEASE_IS_NOT_HELD("take(meter, asked[at + 1])", "take(meter, min(asked[at + 1], 1))"),
        A_LEASE_AFTER_ITS_END_IS_GRANTED(
                "if record == ENDED then return {CLOSED, now} end", "if record == ENDED then record = nil end"),
        A_LEASE_IS_GRANTED_TWICE("if record then\n    reply[1] = REPLAYED", "if false then\n    reply[1] = REPLAYED");

        private final String text;
        private final String instead;

        Planted(String text, String instead) {
            this.text = text;
            this.instead = instead;
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void theScriptsAgreeWithTheKernel(long seed) {
        play(redis, Scripts.bundled(), "seed " + seed, seed);
    }

    static List<ServerKind> kinds() {
        return ServerKind.others();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("kinds")
    void theScriptsAgreeWithTheKernelOnOtherServers(ServerKind kind) {
        try (RealRedis other = RealRedis.start(kind, Access.FREE)) {
            for (long seed = 0; seed < 5; seed++) {
                new LeaseHistoriesTest().play(other, Scripts.bundled(), "seed " + seed, seed);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPlantedErrorIsFound(Planted error) {
        AtomicInteger places = new AtomicInteger();
        Scripts scripts = Scripts.edited(text -> {
            places.addAndGet(text.contains(error.text) ? 1 : 0);
            return text.replace(error.text, error.instead);
        });
        assertThat(places).as("scripts that hold: " + error.text).hasPositiveValue();
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < 10; seed++) {
                        new LeaseHistoriesTest().play(redis, scripts, error + " " + seed, seed);
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("command");
    }

    private void play(RealRedis there, Scripts scripts, String run, long seed) {
        Random random = new Random(seed);
        Place all = new Place.OfModel(run.replace(' ', '-'));
        LimitSpec day = seed % 2 == 0
                ? LimitSpec.of(Kind.TOKENS, Period.DAY, 500_000)
                : LimitSpec.of(Kind.TOKENS, Period.DAY, 5_000).in(LimitSpec.Mode.SHADOW);
        List<Limit> limits = List.of(
                Limit.of(all, day, ZoneOffset.UTC),
                Limit.of(all, LimitSpec.of(Kind.TOKENS, Period.MINUTE, 60_000), ZoneOffset.UTC),
                Limit.of(all, LimitSpec.concurrent(50), ZoneOffset.UTC));
        List<Meter> meters = limits.stream().map(Meter::of).toList();
        try (Link link = Link.open(there.url(), scripts)) {
            Steps steps = new Steps(link, "n1", Steps.Clock.GIVEN);
            RedisLender lender = new RedisLender(link, "n1", Steps.Clock.GIVEN, () -> nowMicros, (_, _, _) -> {});
            Redis.await(steps.mark(all.path()));
            for (int i = 0; i < COMMANDS; i++) {
                String at = run + ", command " + i;
                nowMicros += random.nextInt(50) == 0 ? random.nextLong(40_000_000_000L) : random.nextLong(400_000);
                try {
                    command(new Story(steps, lender, limits, meters, random), at);
                } catch (IllegalStateException e) {
                    throw new AssertionError(at + ": a script failed", e);
                }
                List<Level> expected =
                        meters.stream().map(meter -> meter.level(nowMicros)).toList();
                assertThat(Redis.await(steps.levels(limits, nowMicros))).as(at).isEqualTo(expected);
            }
        }
    }

    private void command(Story story, String at) {
        int dice = story.random.nextInt(100);
        if (dice < 40) {
            lend(story, at + ", lend");
        } else if (dice < 85) {
            tell(story, at + ", tell");
        } else if (dice < 95 && !late.isEmpty()) {
            late.remove(story.random.nextInt(late.size())).run();
        } else {
            expire(story.steps, story.limits.getFirst().place().path(), at + ", expire");
        }
    }

    private void lend(Story story, String at) {
        Random random = story.random;
        String id = "l" + random.nextInt(1_000);
        Amounts need = some(random, 2_000, 2);
        Wish wish = new Wish(need, some(random, 4_000, 4), some(random, 50_000, 30), 1 + random.nextInt(32));
        boolean fresh = open.stream().noneMatch(lent -> lent.id.equals(id));
        Optional<Amounts> kernel = lessor.lend(id, story.meters, wish, nowMicros + RedisStore.TTL_MICROS, nowMicros);
        Optional<Amounts> scripts;
        try {
            scripts = Redis.await(story.lender.lend(id, story.limits, wish)) instanceof Lender.Loan.Lent lent
                    ? Optional.of(lent.amounts())
                    : Optional.empty();
        } catch (IllegalStateException closed) {
            scripts = Optional.empty();
        }
        assertThat(scripts).as(at).isEqualTo(kernel);
        if (fresh) {
            kernel.ifPresent(amounts -> open.add(new Lent(id, amounts, Amounts.none(3))));
        }
    }

    private void tell(Story story, String at) {
        Random random = story.random;
        if (open.isEmpty()) {
            return;
        }
        Lent lent = open.remove(random.nextInt(open.size()));
        List<Long> left = new ArrayList<>();
        List<Long> charged = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long part = random.nextLong(lent.left.get(i) + 1);
            left.add(lent.left.get(i) - part);
            charged.add(lent.charged.get(i) + (part == 0 ? 0 : random.nextLong(part + part / 8 + 1)));
        }
        boolean ends = random.nextInt(3) == 0;
        Lent next = new Lent(lent.id, Amounts.of(left), Amounts.of(charged));
        Account account = new Account(next.left, next.charged, ends ? Account.Standing.ENDED : Account.Standing.OPEN);
        if (!ends) {
            open.add(next);
        }
        Runnable word = () -> assertThat(Redis.await(story.lender.tell(next.id, story.limits, account)))
                .as(at)
                .isEqualTo(lessor.tell(next.id, account, nowMicros));
        if (random.nextInt(5) > 0) {
            word.run();
        }
        if (random.nextInt(4) == 0) {
            late.add(word);
        }
    }

    private void expire(Steps steps, String tag, String at) {
        List<String> scripts = Redis.await(steps.expire(tag, 1_000, nowMicros));
        scripts.forEach(
                id -> assertThat(lessor.expire(id, nowMicros)).as(at + " " + id).isTrue());
        for (int i = 0; i < 1_000; i++) {
            assertThat(lessor.expire("l" + i, nowMicros)).as(at + " l" + i).isFalse();
        }
    }

    private static Amounts some(Random random, long tokens, long requests) {
        return Amounts.of(List.of(random.nextLong(tokens), random.nextLong(tokens), 1 + random.nextLong(requests)));
    }
}
