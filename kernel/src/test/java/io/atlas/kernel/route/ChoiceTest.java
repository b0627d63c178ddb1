package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.route.Option.Outlook;
import io.atlas.kernel.route.Option.Promise;
import io.atlas.kernel.route.Option.Room;
import io.atlas.kernel.route.Option.Wish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChoiceTest {

    @Test
    void theCheapestServesAndOfEachOtherItIsSaidWhyNot() {
        Choice choice = choose(
                costing("dear", 106),
                costing("cheap", 100),
                barred("open", Standing.UNHEALTHY),
                barred("rests", Standing.RESTING),
                slow("slow", 10),
                full("full", 1));

        assertThat(choice.chosen()).hasValue(1);
        assertThat(choice.standings())
                .containsExactly(
                        Standing.DEARER,
                        Standing.CHOSEN,
                        Standing.UNHEALTHY,
                        Standing.RESTING,
                        Standing.MISSES_SLA,
                        Standing.FULL);
    }

    @Test
    void whatIsPreferredServesThoughItIsDearer() {
        Choice choice = choose(costing("cheap", 1), preferred("own", 100));
        assertThat(choice.standings()).containsExactly(Standing.NOT_PREFERRED, Standing.CHOSEN);
        assertThat(choose(costing("cheap", 1), barred("own", Standing.UNHEALTHY))
                        .chosen())
                .hasValue(0);
    }

    @Test
    void whereAllAreSlowTheFastestServesAndWhereAllAreFullOneOfThem() {
        assertThat(choose(slow("slow", 300), slow("less", 200)).standings())
                .containsExactly(Standing.MISSES_SLA, Standing.CHOSEN);
        assertThat(choose(full("dear", 200), full("cheap", 100)).standings())
                .containsExactly(Standing.DEARER, Standing.CHOSEN);
    }

    @Test
    void whereNoneCanServeThereIsNoChoice() {
        Choice choice = choose(barred("a", Standing.TRIED), barred("b", Standing.UNHEALTHY));
        assertThat(choice.chosen()).isEmpty();
        assertThat(choice.standings()).containsExactly(Standing.TRIED, Standing.UNHEALTHY);
    }

    @Test
    void equalsAreChosenByWeightAndTheLessBusyOfTwo() {
        Map<Integer, Integer> chosen = counts(List.of(weighing("a", 3, 0), weighing("b", 1, 0)), OptionalLong.empty());
        assertThat(chosen.get(0)).isGreaterThan(6_500);
        assertThat(chosen.get(1)).isGreaterThan(500);
        Map<Integer, Integer> busy =
                counts(List.of(weighing("a", 1, 50), weighing("b", 1, 0), weighing("c", 1, 0)), OptionalLong.empty());
        assertThat(busy.get(0)).as("only where both of two are the busy one").isBetween(800, 1_500);
    }

    @Test
    void aConversationStaysWhereItIsUnlessThereIsMuchMoreToDo() {
        List<Option> even = List.of(weighing("m@a", 1, 8), weighing("m@b", 1, 8), weighing("m@c", 1, 8));
        int home = Choice.among(even, () -> OptionalLong.of(42), 0).chosen().orElseThrow();
        for (int random = 0; random < 100; random++) {
            assertThat(Choice.among(even, () -> OptionalLong.of(42), random).chosen())
                    .hasValue(home);
        }
        List<Option> less = new ArrayList<>(even);
        less.remove((home + 1) % 3);
        Option there = even.get(home);
        Choice without = Choice.among(less, () -> OptionalLong.of(42), 0);
        assertThat(less.get(without.chosen().orElseThrow()))
                .as("one of the others gone")
                .isEqualTo(there);

        List<Option> busy = new ArrayList<>(even);
        busy.set(home, weighing(there.deployment(), 1, 100));
        assertThat(counts(busy, OptionalLong.of(42)).getOrDefault(home, 0)).isLessThan(1_500);
    }

    @Test
    void conversationsAreSpreadByWeight() {
        List<Option> options = List.of(weighing("m@a", 3, 0), weighing("m@b", 1, 0));
        int[] homes = new int[2];
        for (int conversation = 0; conversation < 10_000; conversation++) {
            long hash = conversation;
            homes[Choice.among(options, () -> OptionalLong.of(hash), 0).chosen().orElseThrow()]++;
        }
        assertThat(homes[0]).isBetween(7_300, 7_700);
    }

    /** Options at random against the same rules, written as one filter after the other. */
    @Test
    void theChoiceIsThatOfAnotherReadingOfTheRules() {
        SplittableRandom random = new SplittableRandom(7);
        for (int walk = 0; walk < 200_000; walk++) {
            List<Option> options = new ArrayList<>();
            for (int i = 0; i < random.nextInt(1, 6); i++) {
                options.add(anyhow(i, random));
            }
            Choice choice = Choice.among(options, OptionalLong::empty, random.nextLong());
            List<Option> best = best(options);
            if (best.isEmpty()) {
                assertThat(choice.chosen()).isEmpty();
            } else {
                assertThat(best).contains(options.get(choice.chosen().orElseThrow()));
                assertThat(choice.standings().stream().filter(Standing.CHOSEN::equals))
                        .hasSize(1);
                assertThat(choice.standings().stream().filter(Standing.BUSIER::equals))
                        .hasSize(best.size() - 1);
            }
        }
    }

    private static List<Option> best(List<Option> options) {
        List<Option> can =
                options.stream().filter(one -> one.barred().isEmpty()).toList();
        List<Option> free =
                orAll(can.stream().filter(one -> one.room() == Room.FREE).toList(), can);
        List<Option> liked =
                orAll(free.stream().filter(one -> one.wish() == Wish.PREFERRED).toList(), free);
        List<Option> fast = liked.stream()
                .filter(one -> one.outlook().promise() == Promise.KEPT)
                .toList();
        if (fast.isEmpty()) {
            long least = liked.stream()
                    .mapToLong(one -> one.outlook().firstTokenMicros())
                    .min()
                    .orElse(0);
            fast = liked.stream()
                    .filter(one -> one.outlook().firstTokenMicros() <= least * 1.05)
                    .toList();
        }
        long least = fast.stream().mapToLong(Option::costNanoUsd).min().orElse(0);
        return fast.stream().filter(one -> one.costNanoUsd() <= least * 1.05).toList();
    }

    private static List<Option> orAll(List<Option> some, List<Option> all) {
        return some.isEmpty() ? all : some;
    }

    private static Option anyhow(int name, SplittableRandom random) {
        return new Option(
                "m@" + name,
                random.nextInt(4) == 0 ? Optional.of(Standing.UNHEALTHY) : Optional.empty(),
                random.nextInt(3) == 0 ? Room.TAKEN : Room.FREE,
                random.nextInt(3) == 0 ? Wish.PREFERRED : Wish.ANY,
                new Outlook(random.nextInt(3) == 0 ? Promise.MISSED : Promise.KEPT, random.nextLong(1_000)),
                random.nextLong(95, 110),
                random.nextInt(1, 4),
                random.nextInt(10));
    }

    private static Map<Integer, Integer> counts(List<Option> options, OptionalLong conversation) {
        Map<Integer, Integer> counts = new HashMap<>();
        for (int i = 0; i < 10_000; i++) {
            OptionalInt chosen = Choice.among(options, () -> conversation, i).chosen();
            counts.merge(chosen.orElseThrow(), 1, Integer::sum);
        }
        return counts;
    }

    private static Choice choose(Option... options) {
        return Choice.among(List.of(options), OptionalLong::empty, 1);
    }

    private static Option costing(String name, long cost) {
        return new Option(name, Optional.empty(), Room.FREE, Wish.ANY, Outlook.UNKNOWN, cost, 1, 0);
    }

    private static Option barred(String name, Standing why) {
        return new Option(name, Optional.of(why), Room.FREE, Wish.PREFERRED, Outlook.UNKNOWN, 1, 1, 0);
    }

    private static Option slow(String name, long micros) {
        return new Option(name, Optional.empty(), Room.FREE, Wish.ANY, new Outlook(Promise.MISSED, micros), 1, 1, 0);
    }

    private static Option full(String name, long cost) {
        return new Option(name, Optional.empty(), Room.TAKEN, Wish.ANY, Outlook.UNKNOWN, cost, 1, 9);
    }

    private static Option preferred(String name, long cost) {
        return new Option(name, Optional.empty(), Room.FREE, Wish.PREFERRED, Outlook.UNKNOWN, cost, 1, 0);
    }

    private static Option weighing(String name, int weight, long open) {
        return new Option(name, Optional.empty(), Room.FREE, Wish.ANY, Outlook.UNKNOWN, 100, weight, open);
    }
}
