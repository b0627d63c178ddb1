package io.atlas.kernel.elasticity;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.elasticity.MaxMin.Claim;
import io.atlas.kernel.elasticity.RateController.Member;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * 109 real clients of one model over 14 days, who have four fifths of the capacity as guarantees, by what each asks for on
 * the whole. What is served by rates that follow the load is compared with what serves all that can be served, of the same
 * guarantees, by knowing at every moment what will be asked for.
 */
final class ServeGenReplayTest {
    private static final int STEP_SECONDS = 5;
    private static final int WINDOW_SECONDS = 600;
    private static final double GUARANTEED = 0.8;
    private static final double CAP = 8;

    /** Requests per second of each client in each window. */
    private final double[][] rates = rates();

    private final List<String> ids =
            IntStream.range(0, rates[0].length).mapToObj(i -> "c" + i).toList();

    private record Served(double share, int windowsAbove, double leastOfGuarantee) {}

    @ParameterizedTest
    @CsvSource({"1.15", "2.0"})
    void ratesServeNineTenthsOfWhatCanBeServedAndNeverMoreThanThereIs(double room) {
        Served served = replay(room * mean(), Integer.MAX_VALUE);
        assertThat(served.share()).as("served, of what can be served").isGreaterThanOrEqualTo(0.9);
        assertThat(served.windowsAbove()).isZero();
        assertThat(served.leastOfGuarantee()).isGreaterThanOrEqualTo(1);
    }

    /** The figures above are worth something only where rates that stand still do not reach them. */
    @Test
    void ratesThatStandStillServeMuchLess() {
        assertThat(replay(1.5 * mean(), 0).share()).isLessThan(0.8);
    }

    /** The first steps are taken by the controller; after so many the rates stay. */
    private Served replay(double capacity, int stepsAdapted) {
        List<Claim> terms = terms(capacity);
        RateController controller = new RateController();
        double[] limits = terms.stream().mapToDouble(Claim::floor).toArray();
        double[] before = new double[limits.length];
        double served = 0;
        double servable = 0;
        int above = 0;
        double least = Double.MAX_VALUE;
        int steps = 0;
        for (int window = 0; window + 1 < rates.length; window++) {
            double ofWindow = 0;
            for (int second = 0; second < WINDOW_SECONDS; second += STEP_SECONDS) {
                double[] asked = asked(window, (double) second / WINDOW_SECONDS);
                if (steps++ < stepsAdapted) {
                    limits = step(controller, terms, before, capacity);
                }
                double now = 0;
                for (int i = 0; i < limits.length; i++) {
                    now += Math.min(asked[i], limits[i]);
                    least = Math.min(
                            least, limits[i] / Math.max(1e-12, terms.get(i).floor()));
                }
                served += now;
                ofWindow += now;
                servable += servable(terms, asked, capacity);
                before = asked;
            }
            if (ofWindow * STEP_SECONDS / WINDOW_SECONDS > capacity * (1 + 1e-9)) {
                above++;
            }
        }
        return new Served(served / servable, above, least);
    }

    /** Whoever leaves nothing undone serves all that is asked for, up to the caps and to what there is. */
    private static double servable(List<Claim> terms, double[] asked, double capacity) {
        double all = IntStream.range(0, asked.length)
                .mapToDouble(i -> Math.min(terms.get(i).cap(), asked[i]))
                .sum();
        return Math.min(all, capacity);
    }

    private double[] step(RateController controller, List<Claim> terms, double[] before, double capacity) {
        List<Member> members = new ArrayList<>(before.length);
        for (int i = 0; i < before.length; i++) {
            Claim own = terms.get(i);
            members.add(new Member(ids.get(i), own.weight(), own.floor(), own.cap(), own.floor(), before[i]));
        }
        Map<String, Double> given = controller
                .step(members, OptionalDouble.of(capacity), STEP_SECONDS)
                .rates();
        return IntStream.range(0, before.length)
                .mapToDouble(i -> given.getOrDefault(ids.get(i), 0.0))
                .toArray();
    }

    /** Between the middles of two windows it goes from the one to the other. */
    private double[] asked(int window, double part) {
        double[] asked = new double[rates[window].length];
        Arrays.setAll(asked, i -> rates[window][i] * (1 - part) + rates[window + 1][i] * part);
        return asked;
    }

    private List<Claim> terms(double capacity) {
        double all = mean();
        return IntStream.range(0, rates[0].length)
                .mapToObj(i -> {
                    double own = Math.max(1e-6, mean(i));
                    double floor = GUARANTEED * capacity * own / all;
                    return new Claim(own, floor, Math.min(capacity, CAP * floor), 0);
                })
                .toList();
    }

    private double mean() {
        return IntStream.range(0, rates[0].length).mapToDouble(this::mean).sum();
    }

    private double mean(int client) {
        return Arrays.stream(rates)
                .mapToDouble(window -> window[client])
                .average()
                .orElseThrow();
    }

    private static double[][] rates() {
        try (InputStream packed = ServeGenReplayTest.class.getResourceAsStream("servegen_m-mid_rate.csv.gz");
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.US_ASCII))) {
            return lines.lines()
                    .skip(1)
                    .map(line -> Arrays.stream(line.split(","))
                            .skip(1)
                            .mapToDouble(Double::parseDouble)
                            .toArray())
                    .toArray(double[][]::new);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
