package io.atlas.bench.score;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** What was measured: per round, per proxy, per metric one figure. Not safe for use by several threads. */
public final class Scores {
    private final List<Map<String, Map<Metric, Double>>> rounds;

    /** No figures yet of that many rounds. */
    public Scores(int rounds) {
        this.rounds = IntStream.range(0, rounds)
                .<Map<String, Map<Metric, Double>>>mapToObj(_ -> new HashMap<>())
                .toList();
    }

    /** Keeps a figure; of several the largest. */
    public void put(int round, String proxy, Metric metric, double figure) {
        rounds.get(round)
                .computeIfAbsent(proxy, _ -> new EnumMap<>(Metric.class))
                .merge(metric, figure, Math::max);
    }

    /** The figures of a proxy, in the order of the rounds. */
    public List<Double> of(String proxy, Metric metric) {
        return rounds.stream()
                .flatMap(round -> figure(round, proxy, metric).stream())
                .toList();
    }

    /** The figures of a proxy over those of another, each within one round: machines differ from minute to minute. */
    public List<Double> ratios(String proxy, String reference, Metric metric) {
        return rounds.stream()
                .flatMap(round -> figure(round, reference, metric)
                        .filter(other -> other > 0)
                        .flatMap(other -> figure(round, proxy, metric).map(own -> own / other))
                        .stream())
                .toList();
    }

    private static Optional<Double> figure(Map<String, Map<Metric, Double>> round, String proxy, Metric metric) {
        return Optional.ofNullable(round.getOrDefault(proxy, Map.of()).get(metric));
    }
}
