package io.atlas.bench.score;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The figures as a Markdown table: medians, and from the least to the most. */
public final class Table {
    private Table() {}

    /** One row per metric that was measured, one column per proxy, and one per proxy for its ratio to the first. */
    public static String of(Scores scores, List<String> proxies) {
        String reference = proxies.getFirst();
        List<String> others = proxies.subList(1, proxies.size());
        List<String> heads = new ArrayList<>(proxies);
        others.forEach(other -> heads.add(other + " / " + reference));
        StringBuilder table = new StringBuilder(row("", heads))
                .append("|---".repeat(heads.size() + 1))
                .append("|\n");
        for (Metric metric : Metric.values()) {
            List<String> cells = new ArrayList<>();
            proxies.forEach(proxy -> cells.add(cell(scores.of(proxy, metric), metric.decimals())));
            others.forEach(other -> cells.add(cell(scores.ratios(other, reference, metric), 2)));
            if (cells.stream().anyMatch(cell -> !cell.isEmpty())) {
                table.append(row(metric.label(), cells));
            }
        }
        return table.toString();
    }

    private static String row(String label, List<String> cells) {
        return "| " + label + " | " + String.join(" | ", cells) + " |\n";
    }

    private static String cell(List<Double> figures, int decimals) {
        if (figures.isEmpty()) {
            return "";
        }
        List<Double> sorted = figures.stream().sorted().toList();
        int half = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(half) : (sorted.get(half - 1) + sorted.get(half)) / 2;
        String figure = "%,." + decimals + "f";
        return String.format(
                Locale.ROOT,
                figure + " (" + figure + " to " + figure + ")",
                median,
                sorted.getFirst(),
                sorted.getLast());
    }
}
