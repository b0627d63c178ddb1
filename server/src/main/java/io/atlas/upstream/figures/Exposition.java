package io.atlas.upstream.figures;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.DoubleStream;

/**
 * Prometheus' text format, as far as a few names are wanted of it: prometheus.io/docs/instrumenting/exposition_formats. A
 * line that makes no sense is left out, as are samples beyond a bound: the figures are a hint, and nothing hangs on one.
 */
final class Exposition {
    private static final int MAX_SAMPLES = 1_000;

    private final Map<String, List<Sample>> samples = new HashMap<>();
    private int count;

    /** One number, and what of. */
    record Sample(Map<String, String> labels, double value) {}

    private Exposition() {}

    /** The samples of those names. */
    static Exposition of(String text, Set<String> wanted) {
        Exposition exposition = new Exposition();
        text.lines().forEach(line -> exposition.add(line, wanted));
        return exposition;
    }

    /** All samples of a name; none where it is not there. */
    List<Sample> all(String name) {
        return samples.getOrDefault(name, List.of());
    }

    /** The numbers of the first of these names that is there. */
    DoubleStream values(String... names) {
        for (String name : names) {
            if (!all(name).isEmpty()) {
                return all(name).stream().mapToDouble(Sample::value);
            }
        }
        return DoubleStream.empty();
    }

    /** Their sum, where there is one: of all engines that stand behind one address. */
    OptionalDouble sum(String... names) {
        return values(names).reduce(Double::sum);
    }

    private void add(String line, Set<String> wanted) {
        int nameEnd = nameEnd(line);
        String name = line.substring(0, nameEnd);
        if (!wanted.contains(name) || count >= MAX_SAMPLES) {
            return;
        }
        Map<String, String> labels = new HashMap<>();
        int end = nameEnd < line.length() && line.charAt(nameEnd) == '{' ? labels(line, nameEnd + 1, labels) : nameEnd;
        if (end < 0) {
            return;
        }
        String[] rest = line.substring(end).trim().split("\\s+", 2);
        try {
            double value = Double.parseDouble(rest[0]);
            if (Double.isFinite(value)) {
                count++;
                samples.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Sample(labels, value));
            }
        } catch (NumberFormatException nonsense) {
            // A line that makes no sense.
        }
    }

    private static int nameEnd(String line) {
        int end = 0;
        while (end < line.length() && line.charAt(end) != '{' && line.charAt(end) != ' ') {
            end++;
        }
        return end;
    }

    /** Reads labels from there on; where they end, or -1 where they do not. */
    private static int labels(String line, int from, Map<String, String> labels) {
        int at = from;
        while (at < line.length() && line.charAt(at) != '}') {
            int equals = line.indexOf("=\"", at);
            if (equals < 0) {
                return -1;
            }
            String name = line.substring(at, equals).strip();
            StringBuilder value = new StringBuilder();
            at = equals + 2;
            while (at < line.length() && line.charAt(at) != '"') {
                at += line.charAt(at) == '\\' ? 1 : 0;
                if (at < line.length()) {
                    value.append(line.charAt(at++));
                }
            }
            labels.put(name, value.toString());
            at++;
            at += at < line.length() && line.charAt(at) == ',' ? 1 : 0;
        }
        return at < line.length() ? at + 1 : -1;
    }
}
