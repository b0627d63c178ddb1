package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.route.Option.Outlook;
import io.atlas.kernel.route.Option.Room;
import io.atlas.kernel.route.Option.Wish;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Two hours of requests to three deployments, of which the cheapest becomes slow for half an hour and another becomes
 * cheaper in the meantime: what it costs and how often the promise is missed, against somebody who knew all of it before.
 */
class RegretTest {
    private static final long SECOND = 1_000_000;
    private static final long MINUTE = 60 * SECOND;
    private static final long END = 120 * MINUTE;
    private static final Sla SLA = new Sla(Optional.of(Duration.ofSeconds(2)), OptionalInt.of(20));

    /** What was paid, and how many answers came later than promised. */
    private record Bill(long cost, int missed, int requests) {
        double missedPercent() {
            return 100.0 * missed / requests;
        }
    }

    /** A deployment as it truly is at a moment: what an answer costs, and about how long its first token takes. */
    private record Truth(long cost, double firstTokenSeconds) {}

    private static Truth truth(int deployment, long nowMicros) {
        boolean slowdown = nowMicros >= 40 * MINUTE && nowMicros < 70 * MINUTE;
        return switch (deployment) {
            case 0 -> new Truth(100, slowdown ? 6 : 0.5);
            case 1 -> new Truth(nowMicros < 55 * MINUTE ? 160 : 120, 0.6);
            default -> new Truth(130, 0.7);
        };
    }

    @Test
    void itCostsLittleMoreThanTheBestInHindsightAndMissesHardlyMore() {
        for (long seed = 0; seed < 5; seed++) {
            Bill learned = replay(seed, RegretTest::learnt);
            Bill best = replay(seed, (_, now, _) -> cheapestThatIsFast(now));
            Bill cheapest = replay(seed, (_, _, _) -> 0);

            assertThat((double) learned.cost / best.cost)
                    .as("cost, seed %d", seed)
                    .isLessThanOrEqualTo(1.03);
            assertThat(learned.missedPercent() - best.missedPercent())
                    .as("points of answers that came too late, seed %d", seed)
                    .isLessThanOrEqualTo(1);
            assertThat(cheapest.missedPercent()).as("who does not learn").isGreaterThan(10);
        }
    }

    private static int cheapestThatIsFast(long nowMicros) {
        int best = -1;
        for (int i = 0; i < 3; i++) {
            Truth truth = truth(i, nowMicros);
            if (truth.firstTokenSeconds < 2 && (best < 0 || truth.cost < truth(best, nowMicros).cost)) {
                best = i;
            }
        }
        return best;
    }

    private static int learnt(List<Experience> known, long nowMicros, long random) {
        List<Option> options = new ArrayList<>();
        for (int i = 0; i < known.size(); i++) {
            Outlook outlook = known.get(i).outlook(SLA, nowMicros);
            long cost = truth(i, nowMicros).cost;
            options.add(new Option("m@" + i, Optional.empty(), Room.FREE, Wish.ANY, outlook, cost, 1, 0));
        }
        return Choice.among(options, OptionalLong::empty, random).chosen().orElseThrow();
    }

    private interface Chooser {
        int choose(List<Experience> known, long nowMicros, long random);
    }

    /** A first token that will be known of when it has come. */
    private record Coming(long atMicros, int deployment, long tookMicros) {}

    private static Bill replay(long seed, Chooser chooser) {
        SplittableRandom random = new SplittableRandom(seed);
        List<Experience> known = new ArrayList<>(
                IntStream.range(0, 3).mapToObj(_ -> Experience.NONE).toList());
        List<Coming> coming = new ArrayList<>();
        long cost = 0;
        int missed = 0;
        int requests = 0;
        for (long now = 0; now < END; now += random.nextLong(SECOND)) {
            long moment = now;
            for (Coming came :
                    coming.stream().filter(one -> one.atMicros <= moment).toList()) {
                Experience before = known.get(came.deployment);
                known.set(came.deployment, before.firstToken(came.tookMicros, came.atMicros));
                coming.remove(came);
            }
            int chosen = chooser.choose(known, now, random.nextLong());
            Truth truth = truth(chosen, now);
            long took = Math.round(SECOND * truth.firstTokenSeconds * Math.exp(0.3 * random.nextGaussian()));
            coming.add(new Coming(now + took, chosen, took));
            cost += truth.cost;
            missed += took > 2 * SECOND ? 1 : 0;
            requests++;
        }
        return new Bill(cost, missed, requests);
    }
}
