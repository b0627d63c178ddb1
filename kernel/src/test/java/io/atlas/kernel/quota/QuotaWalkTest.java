package io.atlas.kernel.quota;

import static io.atlas.kernel.quota.Limits.meter;
import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.quota.Reservation.Taken;
import io.atlas.kernel.quota.Verdict.Granted;
import io.atlas.kernel.quota.Verdict.Refused;
import io.atlas.kernel.unit.Period;
import io.atlas.kernel.unit.Window;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random lives of requests of three keys that share a gateway, a tenant and, two of them, a team. */
class QuotaWalkTest {
    private static final int STEPS = 3_000;
    private static final long TTL = 600_000_000;

    /** A request as the test knows it: when it was reserved, and of which meters, and how full these were then. */
    private record Life(
            Reservation reservation, List<Meter> path, List<Level> before, List<Level> after, long atMicros) {}

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
    void heldIsWhatOpenRequestsReservedAndUsedIsWhatEndedOnesUsed(long seed) {
        Walk walk = new Walk(seed);
        for (int step = 0; step < STEPS; step++) {
            walk.step("seed " + seed + ", step " + step);
            walk.conserved("seed " + seed + ", step " + step);
        }
        assertThat(walk.grants).as("seed %d: grants", seed).isGreaterThan(STEPS / 20);
        assertThat(walk.refusals).as("seed %d: refusals", seed).isGreaterThan(STEPS / 20);
    }

    private static final class Walk {
        private final Random random;
        private final List<List<Meter>> paths;
        private final List<Meter> all;
        private final List<Life> open = new ArrayList<>();
        /** What was charged, by limit and start of the window; kept by the test alone. */
        private final Map<String, Long> charged = new HashMap<>();

        private long nowMicros = 1_795_176_000_000_000L;
        private int grants;
        private int refusals;

        Walk(long seed) {
            random = new Random(seed);
            Meter gateway = meter(new Place.OfGateway(), LimitSpec.of(Kind.COST, Period.MONTH, 400_000));
            Meter minute = meter(LimitSpec.of(Kind.TOKENS, Period.MINUTE, 4_000));
            Meter day = meter(LimitSpec.of(Kind.TOKENS, Period.DAY, 60_000));
            Meter team = meter(new Place.OfTeam("acme", "search"), LimitSpec.concurrent(6));
            Meter user = meter(
                    new Place.OfUser("acme", Optional.of("search"), "ada"),
                    LimitSpec.of(Kind.OUTPUT_TOKENS, Period.DAY, 15_000));
            paths = List.of(
                    List.of(gateway, minute, day, team, user, key("ci", 40)),
                    List.of(gateway, minute, day, team, key("app", 60)),
                    List.of(gateway, minute, day, key("lone", 30)));
            all = paths.stream().flatMap(List::stream).distinct().toList();
        }

        private static Meter key(String name, long requests) {
            return meter(
                    new Place.OfKey("acme", Optional.empty(), name), LimitSpec.of(Kind.REQUESTS, Period.DAY, requests));
        }

        void step(String where) {
            nowMicros += random.nextInt(60) == 0 ? random.nextLong(43_200_000_000L) : random.nextLong(20_000_000);
            int dice = random.nextInt(10);
            if (dice < 5 || open.isEmpty()) {
                reserve(where);
            } else {
                end(where, dice);
            }
        }

        private void reserve(String where) {
            List<Meter> path = paths.get(random.nextInt(paths.size()));
            Demand demand = anyDemand(1_200);
            List<Level> before = levels();
            List<Level> there = levels(path);
            boolean fits = path.stream().allMatch(meter -> {
                LimitSpec spec = meter.limit().spec();
                return demand.of(spec.kind()) <= level(meter).remaining(spec);
            });
            switch (Quota.reserve("r", path, demand, nowMicros, TTL)) {
                case Granted granted -> {
                    grants++;
                    assertThat(fits).as("%s: granted %s", where, demand).isTrue();
                    open.add(new Life(granted.reservation(), path, there, levels(path), nowMicros));
                }
                case Refused refused -> {
                    refusals++;
                    assertThat(fits).as("%s: refused %s", where, demand).isFalse();
                    assertThat(refused.shortfalls()).as(where).isNotEmpty();
                    assertThat(levels())
                            .as("%s: a refusal writes nothing", where)
                            .isEqualTo(before);
                }
            }
        }

        private void end(String where, int dice) {
            Life life = open.get(random.nextInt(open.size()));
            Demand actual = anyDemand(1_400);
            long atMicros = nowMicros;
            boolean ended = switch (dice) {
                case 5, 6 -> Quota.settle(life.reservation(), actual, atMicros);
                case 7 -> Quota.release(life.reservation(), atMicros);
                default -> Quota.expire(life.reservation(), Optional.of(actual), atMicros);
            };
            boolean due = dice < 8 || atMicros >= life.reservation().expiresAtMicros();
            assertThat(ended).as(where).isEqualTo(due);
            assertThat(life.reservation().taken())
                    .as("%s: what was taken, long after", where)
                    .extracting(Taken::before)
                    .isEqualTo(life.before());
            assertThat(life.reservation().taken())
                    .as("%s: what was taken, long after", where)
                    .extracting(Taken::after)
                    .isEqualTo(life.after());
            if (ended) {
                open.remove(life);
                if (dice != 7) {
                    life.path().forEach(meter -> charge(meter, life.atMicros(), actual));
                }
                List<Level> before = levels();
                assertThat(Quota.settle(life.reservation(), actual, atMicros))
                        .as(where)
                        .isFalse();
                assertThat(levels())
                        .as("%s: a second ending changes nothing", where)
                        .isEqualTo(before);
            }
        }

        private void charge(Meter meter, long atMicros, Demand actual) {
            if (meter.limit().spec().calendar()) {
                charged.merge(
                        window(meter, atMicros), actual.of(meter.limit().spec().kind()), Long::sum);
            }
        }

        void conserved(String where) {
            for (Meter meter : all) {
                LimitSpec spec = meter.limit().spec();
                Level level = level(meter);
                if (spec.calendar()) {
                    assertThat(level.used())
                            .as("%s: used of %s", where, meter.limit().id())
                            .isEqualTo(charged.getOrDefault(window(meter, nowMicros), 0L));
                }
                if (!spec.leaks()) {
                    assertThat(level.held())
                            .as("%s: held of %s", where, meter.limit().id())
                            .isEqualTo(reserved(meter));
                }
            }
        }

        private long reserved(Meter meter) {
            return open.stream()
                    .filter(life -> life.path().contains(meter))
                    .filter(life -> window(meter, life.atMicros()).equals(window(meter, nowMicros)))
                    .mapToLong(life ->
                            life.reservation().demand().of(meter.limit().spec().kind()))
                    .sum();
        }

        private static String window(Meter meter, long atMicros) {
            Limit limit = meter.limit();
            long start = limit.spec().calendar()
                    ? Window.of(limit.spec().per().orElseThrow(), ZoneOffset.UTC, atMicros)
                            .startMicros()
                    : 0;
            return limit.id() + " from " + start;
        }

        private Demand anyDemand(int most) {
            return new Demand(random.nextInt(most), random.nextInt(most), random.nextInt(most));
        }

        private Level level(Meter meter) {
            return meter.level(nowMicros);
        }

        private List<Level> levels() {
            return levels(all);
        }

        private List<Level> levels(List<Meter> meters) {
            return meters.stream().map(this::level).toList();
        }
    }
}
