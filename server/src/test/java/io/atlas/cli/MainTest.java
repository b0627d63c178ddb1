package io.atlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.model.Simulation;
import io.atlas.scenario.Playbill;
import io.atlas.scenario.Scenario;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as a whole, and the commands that start something. */
class MainTest {
    @ParameterizedTest
    @ValueSource(strings = {"dev", "serve", "check", "sim", "usage", "quota", "explain"})
    void everyCommandHasACompleteHelp(String command) {
        Ran ran = Ran.with(Map.of(), command, "--help");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .startsWith("Usage: atlas " + command)
                .contains("\nOptions:\n", "\nExit codes:\n", "64 ", "\nExamples:\n  atlas " + command)
                .doesNotContain("${", "%%", "COMMAND");
    }

    @Test
    void theHelpNamesEveryCommandAndExitCode() {
        Ran ran = Ran.with(Map.of(), "--help");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out())
                .contains("  dev ", "  serve ", "  check ", "  sim ", "  usage ", "  quota ", "  explain ", "  keys ")
                .containsSubsequence("  0 ", "  1 ", "  2 ", " 64 ", " 65 ", " 69 ", " 75 ", " 77 ", "130 ");
    }

    @Test
    void theVersionSaysItsJava() {
        assertThat(Ran.with(Map.of(), "--version").out()).startsWith("atlas ").contains("(Java 25");
    }

    @Test
    void wrongUseIsToldOnStderrWithANearName() {
        Ran ran = Ran.with(Map.of(), "usge");

        assertThat(ran.exitCode()).isEqualTo(64);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).contains("usge", "usage", "atlas --help");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "serve",
                "check",
                "explain",
                "sim",
                "sim --port x",
                "sim --port 70000",
                "sim --port 1 --errors 1001",
                "sim --port 1 --ttft 3",
                "dev --port -1",
                "dev --scenario noisy",
                "usage --output xml",
                "usage --from yesterday",
                "usage --planet"
            })
    void wrongUseExitsWith64(String line) {
        String[] arguments = line.isEmpty() ? new String[0] : line.split(" ", -1);

        Ran ran = Ran.with(Map.of(), arguments);

        assertThat(ran.exitCode()).as(ran.err()).isEqualTo(64);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("atlas: ");
    }

    @Test
    void devHandsItsOptionsOnAndItsExitCodeBack() {
        AtomicReference<String> told = new AtomicReference<>("");
        Launch launch = new Launch(
                Ran.NOTHING.serving(),
                (order, out) -> {
                    told.set(order.port() + " " + order.adminPort() + " " + order.data() + " "
                            + order.bill().map(Playbill::scenario) + " " + order.observer());
                    out.println("curl");
                    return 69;
                },
                Ran.NOTHING.simulating());

        Ran ran = Ran.with(
                launch, Map.of(), "dev --admin-port 0 --data d --scenario noisy-neighbour --observe".split(" ", -1));

        assertThat(told.get())
                .isEqualTo("8080 0 " + Optional.of(Path.of("d")) + " " + Optional.of(Scenario.NOISY_NEIGHBOUR)
                        + " PROMETHEUS");
        assertThat(ran).isEqualTo(new Ran(69, "curl" + System.lineSeparator(), ""));
    }

    @Test
    void simHandsOnWhatItIsToSimulate() {
        AtomicReference<Simulation> told = new AtomicReference<>(Simulation.DEFAULT);
        Launch launch = new Launch(Ran.NOTHING.serving(), Ran.NOTHING.developing(), (_, simulation, _) -> {
            told.set(simulation);
            return 0;
        });

        Ran.with(
                launch,
                Map.of(),
                ("sim --port 0 --seed 7 --ttft 2s --tokens-per-second 40 --slots 3 --queue 4 --errors 5 --throttles 6"
                                + " --stalls 8 --cuts 9 --cached 10 --reasoning 11")
                        .split(" ", -1));

        assertThat(told.get()).isEqualTo(new Simulation(7, Duration.ofSeconds(2), 40, 3, 4, 5, 6, 8, 9, 10, 11));
    }

    @Test
    void aMistakeOfOursIsToldAsOneAndExitsWith1() {
        Launch launch = new Launch(
                Ran.NOTHING.serving(),
                (_, _) -> {
                    throw new IllegalStateException("broken");
                },
                Ran.NOTHING.simulating());

        Ran ran = Ran.with(launch, Map.of(), "dev");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.err()).contains("mistake in Atlas", "broken");
    }
}
