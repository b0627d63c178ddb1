package io.atlas.kernel.fair;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.fair.Engine.Customer;
import io.atlas.kernel.fair.Engine.Telling;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is foretold to those who wait, under twice the load that can be served: the lower band, as the higher one hardly waits. */
class WaitTest {
    private static final long LONG_MICROS = 10_000_000;
    private static final long PATIENCE_MICROS = 60_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void theWaitIsForetoldWithinAThirdAndFewWaitInVain(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Engine engine = new Engine(
                new Capacity(20, 10_000, 1L << 40),
                new Guarantees(List.of(10, 0)),
                Telling.TRUE,
                Turns.Lift.ONE_REQUEST);
        engine.patienceMicros = PATIENCE_MICROS;
        List<Customer> customers = IntStream.range(0, 8)
                .mapToObj(i -> new Customer("tenant-" + i, i < 2 ? 10 : 0, 1 + i % 3))
                .toList();
        customers.forEach(customer -> engine.askAtRandom(customer, 40.0 / 8, random.split()));
        engine.runUntil(LONG_MICROS);

        List<Double> errors = customers.stream()
                .filter(customer -> customer.priority == 0)
                .flatMap(customer -> customer.errors.stream())
                .sorted()
                .toList();
        assertThat(errors).hasSizeGreaterThan(10_000);
        assertThat(errors.get(errors.size() / 2)).as("median error").isLessThanOrEqualTo(0.3);
        assertThat(engine.expired).as("waited in vain").isLessThan(errors.size() / 20);
        assertThat(customers.stream().mapToInt(customer -> customer.refused).sum())
                .as("refused at once")
                .isGreaterThan(10 * engine.expired);
        assertThat(engine.utilisation()).isGreaterThanOrEqualTo(0.99);
    }
}
