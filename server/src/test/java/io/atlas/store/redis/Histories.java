package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Reservation.Told;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.unit.Money;
import io.atlas.kernel.unit.Period;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/**
 * One random history, told to the kernel and to the scripts at once: after every command the reply and every counter that
 * it touched have to be the same, to the unit and to the microsecond.
 */
final class Histories {
    private static final List<String> TENANTS = List.of("acme", "globex");
    private static final List<ZoneId> ZONES = List.of(ZoneId.of("Europe/Rome"), ZoneId.of("America/Santiago"));
    private static final List<Period> PERIODS = List.of(Period.values());
    private static final long NANO_USD_OF_A_TOKEN = 90_000_000_007L;
    private static final int MOST_OPEN = 40;
    private static final long SHADOW_OF = 3;

    private record Open(Reservation kernel, Reservation redis, String tag, Optional<Demand> seen) {}

    private final Steps steps;
    private final Random random;
    private final String run;
    private final boolean crowded;
    private final Map<String, List<Limit>> limits = new LinkedHashMap<>();
    private final Map<String, Meter> meters = new LinkedHashMap<>();
    private final List<Open> open = new ArrayList<>();
    private final List<Open> ended = new ArrayList<>();
    private long nowMicros;
    private int commands;

    /** Of that seed; keys of other seeds may be on the same server. */
    Histories(Steps steps, long seed) {
        this.steps = steps;
        random = new Random(seed);
        run = "s" + seed;
        crowded = random.nextBoolean();
        nowMicros = 1_795_132_800_000_000L + random.nextLong(400L * 86_400_000_000L);
        List<Limit> shared = List.of(
                limit(new Place.OfModel(run), Kind.CONCURRENT, Optional.empty(), ZONES.getFirst()),
                limit(new Place.OfModel(run), Kind.TOKENS, Optional.of(Period.MINUTE), ZONES.getFirst()));
        for (int i = 0; i < TENANTS.size(); i++) {
            String tenant = run + TENANTS.get(i);
            List<Limit> all = new ArrayList<>(shared);
            for (Place place :
                    List.of(new Place.OfTenant(tenant), new Place.OfKey(tenant, Optional.of("search"), "ci"))) {
                for (Kind kind : Kind.values()) {
                    any(kind)
                            .forEach(period -> all.add(limit(
                                    place, kind, period, ZONES.get(TENANTS.indexOf(tenant.substring(run.length()))))));
                }
            }
            limits.put(tenant, all);
            all.forEach(limit -> meters.computeIfAbsent(limit.id(), _ -> Meter.of(limit)));
            Redis.await(steps.mark(tenant));
        }
    }

    /** As many commands. */
    void play(int count) {
        for (int i = 0; i < count; i++) {
            try {
                passTime();
                command();
            } catch (IllegalStateException e) {
                throw new AssertionError(at("a script failed"), e);
            }
            commands++;
        }
    }

    private void command() {
        int dice = random.nextInt(100);
        if (dice < 45) {
            reserve();
        } else if (dice < 75) {
            end();
        } else if (dice < 80) {
            extend();
        } else if (dice < 85) {
            expire();
        } else if (dice < 90) {
            become();
        } else if (dice < 93) {
            charge();
        } else if (dice < 96) {
            ask();
        } else {
            endAgain();
        }
    }

    private void passTime() {
        int dice = random.nextInt(crowded ? 10_000 : 1_000);
        if (dice < 400 || dice >= 1_000) {
            nowMicros += random.nextLong(50_000);
        } else if (dice < 800) {
            nowMicros += random.nextLong(5_000_000);
        } else if (dice < 950) {
            nowMicros += random.nextLong(120_000_000);
        } else if (dice < 990) {
            nowMicros += random.nextLong(7_200_000_000L);
        } else if (dice < 994) {
            nowMicros += random.nextLong(40L * 86_400_000_000L);
        } else {
            stepBack();
        }
    }

    private void stepBack() {
        writeDown();
        nowMicros -= random.nextLong(200_000_000);
    }

    /** Before time goes back: the kernel remembers when it was last asked, Redis when it was last written. */
    private void writeDown() {
        for (List<Limit> all : limits.values()) {
            Redis.await(steps.become(all, nowMicros));
            all.forEach(limit -> meter(limit).level(nowMicros));
        }
    }

    private void reserve() {
        if (open.size() >= MOST_OPEN) {
            end();
            return;
        }
        String tag = tenant();
        List<Limit> path = path(tag);
        Demand demand = demand();
        String id = run + "-" + commands;
        long ttl = 1 + random.nextLong(3_600_000_000L);
        CompletionStage<Steps.Answer> answer = steps.reserve(new Steps.Wish(id, path, demand, ttl), nowMicros);
        Verdict kernel = Quota.reserve(id, path.stream().map(this::meter).toList(), demand, nowMicros, ttl);
        if (!(Redis.await(answer) instanceof Steps.Answer.Decided decided)) {
            throw new AssertionError(at("reserve") + ": not decided");
        }
        switch (kernel) {
            case Verdict.Refused refused ->
                assertThat(decided.verdict()).as(at("reserve")).isEqualTo(refused);
            case Verdict.Granted granted -> {
                assertThat(decided.verdict()).as(at("reserve")).isInstanceOf(Verdict.Granted.class);
                Reservation redis = ((Verdict.Granted) decided.verdict()).reservation();
                assertThat(told(redis)).as(at("reserve")).isEqualTo(told(granted.reservation()));
                assertThat(redis.expiresAtMicros())
                        .isEqualTo(granted.reservation().expiresAtMicros());
                open.add(new Open(granted.reservation(), redis, tag, Optional.empty()));
            }
        }
        compare("reserve", path);
    }

    private static List<Told> told(Reservation reservation) {
        return reservation.taken().stream()
                .map(taken -> new Told(taken.limit(), taken.before(), taken.after()))
                .toList();
    }

    private void end() {
        if (open.isEmpty()) {
            return;
        }
        int which = random.nextBoolean()
                ? open.size() - 1 - random.nextInt(Math.min(3, open.size()))
                : random.nextInt(open.size());
        Open one = open.remove(which);
        ended.add(one);
        if (random.nextInt(4) == 0) {
            assertThat(Redis.await(steps.release(one.redis.id(), path(one), nowMicros)))
                    .as(at("release"))
                    .isEqualTo(Quota.release(one.kernel, nowMicros));
        } else {
            Demand actual = used(one.redis.demand());
            assertThat(Redis.await(steps.settle(one.redis, actual, nowMicros)))
                    .as(at("settle"))
                    .isEqualTo(Quota.settle(one.kernel, actual, nowMicros));
        }
        compare("end", path(one));
    }

    private void endAgain() {
        if (ended.isEmpty()) {
            return;
        }
        Open one = ended.removeLast();
        assertThat(Redis.await(steps.settle(one.redis, used(one.redis.demand()), nowMicros)))
                .as(at("second settle"))
                .isFalse();
        compare("second settle", path(one));
    }

    private void extend() {
        if (open.isEmpty()) {
            return;
        }
        int which = random.nextInt(open.size());
        Open one = open.get(which);
        Demand seen = used(one.redis.demand());
        long ttl = random.nextLong(3_600_000_000L);
        Optional<Long> expires = Redis.await(steps.extend(one.redis, seen, ttl, nowMicros));
        Quota.extend(one.kernel, nowMicros + ttl);
        assertThat(expires).as(at("extend")).contains(one.kernel.expiresAtMicros());
        open.set(which, new Open(one.kernel, one.redis, one.tag, Optional.of(seen)));
    }

    private void expire() {
        String tag = tenant();
        List<Open> due = open.stream()
                .filter(one -> one.tag.equals(tag) && one.kernel.expiresAtMicros() <= nowMicros)
                .sorted(Comparator.<Open>comparingLong(one -> one.kernel.expiresAtMicros())
                        .thenComparing(one -> one.redis.id()))
                .toList();
        assertThat(Redis.await(steps.expire(tag, MOST_OPEN, nowMicros)))
                .as(at("expire"))
                .isEqualTo(due.stream().map(one -> one.redis.id()).toList());
        for (Open one : due) {
            assertThat(Quota.expire(one.kernel, one.seen, nowMicros)).isTrue();
            open.remove(one);
            ended.add(one);
        }
        compare("expire", of(tag));
    }

    private void become() {
        String tag = tenant();
        List<Limit> all = of(tag);
        int which = random.nextInt(all.size());
        Limit before = all.get(which);
        Limit next = limit(before.place(), before.spec().kind(), before.spec().per(), before.zone());
        Redis.await(steps.become(List.of(next), nowMicros));
        meter(before).become(next, nowMicros);
        limits.values().forEach(list -> list.replaceAll(limit -> limit.id().equals(next.id()) ? next : limit));
        compare("become", of(tag));
    }

    private void charge() {
        List<Limit> path = path(tenant()).stream()
                .filter(limit -> limit.spec().per().isPresent())
                .toList();
        if (path.isEmpty()) {
            return;
        }
        Demand actual = demand();
        writeDown();
        long at = nowMicros - (random.nextBoolean() ? 0 : random.nextLong(86_400_000_000L));
        Redis.await(steps.charge(path, actual, at));
        path.forEach(limit -> meter(limit).seed(actual.of(limit.spec().kind()), at));
        compare("charge", path);
    }

    private void ask() {
        List<Limit> path = path(tenant());
        Demand demand = demand();
        assertThat(Redis.await(steps.refusal(path, demand, nowMicros)))
                .as(at("ask"))
                .isEqualTo(Quota.refusal(path.stream().map(this::meter).toList(), demand, nowMicros));
    }

    private void compare(String command, List<Limit> touched) {
        List<Level> expected =
                touched.stream().map(limit -> meter(limit).level(nowMicros)).toList();
        assertThat(Redis.await(steps.levels(touched, nowMicros)))
                .as(at(command))
                .isEqualTo(expected);
    }

    private String at(String command) {
        return run + ", command " + commands + ", " + command + " at " + nowMicros;
    }

    private Meter meter(Limit limit) {
        return Objects.requireNonNull(meters.get(limit.id()));
    }

    private List<Limit> of(String tenant) {
        return Objects.requireNonNull(limits.get(tenant));
    }

    private String tenant() {
        return run + TENANTS.get(random.nextInt(TENANTS.size()));
    }

    /** A few of a tenant's, the tenant's own last. */
    private List<Limit> path(String tenant) {
        List<Limit> all = of(tenant);
        int share = 1 + random.nextInt(4);
        List<Limit> path = new ArrayList<>(
                all.stream().filter(_ -> random.nextInt(4) < share).toList());
        if (path.isEmpty() || !path.getLast().place().path().startsWith(tenant)) {
            path.add(all.getLast());
        }
        return path;
    }

    private List<Limit> path(Open one) {
        return one.redis.taken().stream()
                .map(taken -> meter(taken.limit()).limit())
                .toList();
    }

    private Stream<Optional<Period>> any(Kind kind) {
        return kind == Kind.CONCURRENT
                ? Stream.of(Optional.empty())
                : random.ints(2, 0, PERIODS.size())
                        .distinct()
                        .mapToObj(PERIODS::get)
                        .map(Optional::of);
    }

    private Limit limit(Place place, Kind kind, Optional<Period> per, ZoneId zone) {
        long amount = kind.countsRequests() ? 1 + random.nextInt(60) : size(kind);
        long burst = Math.max(1, Math.min(Money.MAX_NANO_USD / 4, amount / 2 + random.nextLong(amount + 1)));
        LimitSpec spec = new LimitSpec(kind, per, amount, burst, new Narrowing.Whole(), 20);
        // Money without a bound is more than doubles count.
        boolean shadow = kind != Kind.COST && amount % SHADOW_OF == 0;
        return Limit.of(place, shadow ? spec.in(LimitSpec.Mode.SHADOW) : spec, zone);
    }

    /** From hundreds to the most that there can be; or of one size, so that requests crowd each other on every limit. */
    private long size(Kind kind) {
        if (crowded) {
            return (kind == Kind.COST ? NANO_USD_OF_A_TOKEN : 1) * (4_000 + random.nextLong(16_000));
        }
        int bits = kind == Kind.COST ? 8 + random.nextInt(43) : 6 + random.nextInt(24);
        return 1 + random.nextLong(1L << bits);
    }

    private Demand demand() {
        if (crowded) {
            long tokens = 1 + random.nextLong(1_000);
            return new Demand(tokens, random.nextLong(1_000), tokens * NANO_USD_OF_A_TOKEN, 2 * tokens);
        }
        return new Demand(some(20), some(16), some(45), some(22));
    }

    private long some(int mostBits) {
        return random.nextLong(1L << random.nextInt(mostBits));
    }

    private Demand used(Demand reserved) {
        return switch (random.nextInt(5)) {
            case 0 -> reserved;
            case 1 -> new Demand(0, 0, 0);
            case 2 ->
                new Demand(
                        2 * reserved.inputTokens(),
                        reserved.outputTokens(),
                        reserved.nanoUsd() * 2,
                        reserved.credits() * 2);
            default ->
                new Demand(
                        random.nextLong(reserved.inputTokens() + 1),
                        random.nextLong(reserved.outputTokens() + 1),
                        random.nextLong(reserved.nanoUsd() + 1),
                        random.nextLong(reserved.credits() + 1));
        };
    }
}
