package io.atlas.kernel.saving;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.saving.Budget.Way;
import io.atlas.kernel.saving.Customer.Purse;
import io.atlas.kernel.saving.Customer.Tier;
import io.atlas.kernel.saving.Simulation.Fault;
import io.atlas.kernel.saving.Simulation.Slots;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Half of the tenants of every tier have little budget: they get the lighter model, then what stands in for their budget,
 * then nothing. Who has budget left is to see nothing of it, against a world in which all have budget.
 *
 * <p>Both models are on the same slots, and 1.2 times as much is asked as these can do, so in any world somebody has to be
 * refused. It is to be he who asks for more than is his: two tenants of the lowest tier ask for more than half of the
 * slots, and everybody else for less than his share; in the lowest tier, for no more than it is sure of while the others
 * have a burst. Those two are among the half with little budget, as who spends most runs out first. So nobody else is
 * refused in either world, for his budget or for want of a place.
 *
 * <p>A lighter model on slots of its own is another matter: there each that falls back to it is one more who shares them,
 * and those of his own tier get less by as much. A higher tier does not: it waits no longer than it would alone on the
 * slots that the lower ones are not sure of, and until as many of them are free, however many fall back.
 */
class UnevenBudgetsTest {
    private static final int SEEDS = 20;
    private static final int REQUESTS = 6_000;
    private static final long PATIENCE_MICROS = 30_000_000;
    /** The mean answer takes a slot about so long. */
    private static final long ANSWER_MICROS = 7_000_000;

    private static final double MOST = 1.1;

    /** Those who always ask for the lighter model, each for less than his tier is sure of, and will not wait for long. */
    private static final List<Customer> FIRST = List.of(
            higher("first", Tier.ENTERPRISE, 0.2, PATIENCE_MICROS / 2),
            higher("second", Tier.ENTERPRISE, 0.2, PATIENCE_MICROS / 2));

    private static final Customer SECOND = higher("third", Tier.PRO, 0.15, PATIENCE_MICROS);

    /** What is promised. */
    enum Promise {
        /** Who has budget left is served, and as he asked. */
        SERVED,
        /** The 95th and the 99th percentile of his waits and of his whole times are no more than they may. */
        NO_SLOWER,
        /** Nobody is refused for his budget before there was nothing left to save. */
        SAVED_FIRST
    }

    @Test
    void whoHasBudgetLeftSeesNothingOfThoseWhoHaveNone() {
        assertThat(broken(Fault.NONE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"STAND_INS_FIRST, NO_SLOWER", "FIRST_COME, SERVED", "NO_LIGHTER_MODEL, SAVED_FIRST"})
    void anErrorThatIsPlantedShows(Fault fault, Promise broken) {
        assertThat(broken(fault)).contains(broken);
    }

    @Test
    void thereIsTooMuchForTheSlotsAndForTheSmallBudgets() {
        Map<String, Seen> even = all(Purse.FULL, Fault.NONE);
        Map<String, Seen> uneven = all(Purse.SCANT, Fault.NONE);

        customers(Purse.SCANT).stream()
                .filter(customer -> customer.purse() == Purse.SCANT)
                .forEach(customer -> {
                    assertThat(of(even, customer).ways).as(customer.name()).containsExactly(Way.AS_ASKED);
                    assertThat(of(uneven, customer).ways).as(customer.name()).contains(Way.STANDING_IN, Way.NOT);
                    if (customer.tier() == Tier.FREE) {
                        assertThat(of(even, customer).overloaded).isGreaterThan(REQUESTS);
                        assertThat(of(uneven, customer).overloaded).isGreaterThan(REQUESTS / 3);
                    }
                });
        customers(Purse.FULL)
                .forEach(customer -> assertThat(Seen.percentile(of(even, customer).waits, 95))
                        .as("he waits: " + customer.name())
                        .isGreaterThan(ANSWER_MICROS / 20));
    }

    /** So many tenants of a tier, and of each below it, have only the model of the higher ones left; it has its own slots. */
    @ParameterizedTest
    @CsvSource({"FREE, 1", "FREE, 4", "FREE, 16", "PRO, 1", "PRO, 2", "PRO, 4", "PRO, 8", "PRO, 16"})
    void aHigherTierWaitsNoLongerThanItsBoundHoweverManyFallBackToItsModel(Tier highest, int each) {
        Seen highestOfAll = new Seen();
        Seen alone = new Seen();
        for (int seed = 0; seed < SEEDS; seed++) {
            Map<String, Seen> beside = beside(highest, each, Fault.NONE, seed);
            assertThat(overloaded(beside, highest)).as("not served in time").isZero();
            FIRST.forEach(customer -> highestOfAll.addFigures(of(beside, customer)));
            alone(seed).values().forEach(alone::addFigures);
        }
        assertThat(Seen.percentile(highestOfAll.waits, 100))
                .as("the longest wait")
                .isLessThanOrEqualTo(Seen.percentile(alone.waits, 100) + ANSWER_MICROS);
    }

    @ParameterizedTest
    @CsvSource({"FREE, STAND_INS_FIRST", "FREE, FIRST_COME", "PRO, STAND_INS_FIRST", "PRO, FIRST_COME"})
    void anErrorThatIsPlantedShowsWhereTheyFallBack(Tier highest, Fault fault) {
        assertThat(overloaded(beside(highest, 16, fault, 0), highest)).isPositive();
    }

    private static Set<Promise> broken(Fault fault) {
        Set<Promise> broken = EnumSet.noneOf(Promise.class);
        Map<String, Seen> even = all(Purse.FULL, fault);
        Map<String, Seen> uneven = all(Purse.SCANT, fault);
        for (Customer customer : customers(Purse.SCANT)) {
            Seen before = of(even, customer);
            Seen after = of(uneven, customer);
            if (customer.purse() == Purse.SCANT) {
                if (!after.waysBeforeRefusal.containsAll(savings(customer))) {
                    broken.add(Promise.SAVED_FIRST);
                }
                continue;
            }
            if (!after.ways.equals(Set.of(Way.AS_ASKED)) || before.overloaded + after.overloaded > 0) {
                broken.add(Promise.SERVED);
            }
            if (slower(before.waits, after.waits) || slower(before.times, after.times)) {
                broken.add(Promise.NO_SLOWER);
            }
        }
        return broken;
    }

    private static Set<Way> savings(Customer customer) {
        return customer.model().equals(Simulation.LARGE)
                ? Set.of(Way.LIGHTER, Way.STANDING_IN)
                : Set.of(Way.STANDING_IN);
    }

    private static boolean slower(List<Long> before, List<Long> after) {
        return Stream.of(95, 99)
                .anyMatch(percent -> Seen.percentile(after, percent) > MOST * Seen.percentile(before, percent));
    }

    /** What each saw in all seeds; of the ways before a refusal those that there were in every one. */
    private static Map<String, Seen> all(Purse ofHalf, Fault fault) {
        Map<String, Seen> all = new LinkedHashMap<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            Simulation simulation = new Simulation(Simulation.PLACES, Slots.OF_BOTH_MODELS, fault);
            simulation.offer(customers(ofHalf), REQUESTS, seed);
            simulation.run().forEach((name, seen) -> all.merge(name, seen, Seen::with));
        }
        return all;
    }

    /** For every tier and model one with budget, and one with a purse like that. Together they ask for 1.2 times the slots. */
    private static List<Customer> customers(Purse ofHalf) {
        List<Customer> customers = new ArrayList<>();
        for (Tier tier : Tier.values()) {
            double little = switch (tier) {
                case ENTERPRISE -> 0.05;
                case PRO -> 0.075;
                case FREE -> 0.0125;
            };
            double much = tier == Tier.FREE ? 0.3375 : little;
            for (String model : List.of(Simulation.LARGE, Simulation.SMALL)) {
                String name = tier + " who asks for " + model;
                customers.add(new Customer(name, tier, model, little, Purse.FULL, PATIENCE_MICROS));
                customers.add(new Customer(name + " and more", tier, model, much, ofHalf, PATIENCE_MICROS));
            }
        }
        assertThat(Simulation.asks(customers)).isBetween(1.199, 1.201);
        return customers;
    }

    /** What all see where so many of that tier, and of each below it, fall back to the model of the others. */
    private static Map<String, Seen> beside(Tier highest, int each, Fault fault, long seed) {
        List<Customer> others = new ArrayList<>(List.of(SECOND));
        for (Tier tier : Tier.values()) {
            for (int i = 0; i < each && tier.priority <= highest.priority; i++) {
                String name = tier + " who fell back " + i;
                others.add(new Customer(name, tier, Simulation.LARGE, 0.2, Purse.LOW, PATIENCE_MICROS));
            }
        }
        Simulation simulation = new Simulation(Simulation.PLACES, Slots.OF_EACH_MODEL, fault);
        simulation.offer(FIRST, REQUESTS / 6, seed);
        double times = Simulation.asks(others) / Simulation.asks(FIRST);
        simulation.offer(others, (int) (REQUESTS / 6 * times), SEEDS + seed);
        return simulation.run();
    }

    /** What the highest tier sees alone, on the three quarters of the slots that those below it are not sure of. */
    private static Map<String, Seen> alone(long seed) {
        Simulation simulation = new Simulation(Simulation.PLACES * 3 / 4, Slots.OF_EACH_MODEL, Fault.NONE);
        simulation.offer(FIRST, REQUESTS / 6, seed);
        return simulation.run();
    }

    /** For how many requests of those above that tier there was no place in time. */
    private static int overloaded(Map<String, Seen> seen, Tier highest) {
        return Stream.concat(FIRST.stream(), Stream.of(SECOND))
                .filter(customer -> customer.tier().priority > highest.priority)
                .mapToInt(customer -> of(seen, customer).overloaded)
                .sum();
    }

    private static Customer higher(String name, Tier tier, double asks, long patienceMicros) {
        return new Customer(name, tier, Simulation.SMALL, asks, Purse.FULL, patienceMicros);
    }

    private static Seen of(Map<String, Seen> seen, Customer customer) {
        return Objects.requireNonNull(seen.get(customer.name()));
    }
}
