package io.atlas.elasticity;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was seen in a second: what was asked of each limit, by its id, and how full each backend was by what was sent from
 * there, by its name; 1 is all of it.
 */
record Sight(Map<String, Rate> limits, Map<String, Double> use) {
    private static final String LINE = "\n";
    private static final String FIELD = "\t";
    private static final String LIMIT = "limit";
    private static final String BACKEND = "backend";
    private static final int FIELDS_OF_LIMIT = 5;
    private static final int FIELDS_OF_BACKEND = 3;

    /** {@link Asked.Sum}, in a second. */
    record Rate(double used, double reserved, double refused) {
        static final Rate NONE = new Rate(0, 0, 0);

        Rate plus(Rate other) {
            return new Rate(used + other.used, reserved + other.reserved, refused + other.refused);
        }

        Rate times(double factor) {
            return new Rate(used * factor, reserved * factor, refused * factor);
        }
    }

    Sight {
        limits = Map.copyOf(limits);
        use = Map.copyOf(use);
    }

    /** What was asked of one limit. */
    Rate of(String limit) {
        return limits.getOrDefault(limit, Rate.NONE);
    }

    /** How full the fullest of these is: it is where the next request of such traffic would have to wait first. */
    double fullest(Collection<String> backends) {
        return Math.min(
                1,
                backends.stream()
                        .mapToDouble(backend -> use.getOrDefault(backend, 0.0))
                        .max()
                        .orElse(0));
    }

    /** What all nodes saw together; who said nothing is taken to have seen as much as the mean of those who did. */
    Sight with(List<Sight> others, int nodes) {
        Map<String, Rate> allLimits = new HashMap<>(limits);
        Map<String, Double> allUse = new HashMap<>(use);
        for (Sight other : others) {
            other.limits.forEach((id, rate) -> allLimits.merge(id, rate, Rate::plus));
            other.use.forEach((backend, part) -> allUse.merge(backend, part, Double::sum));
        }
        double said = 1.0 + others.size();
        double factor = Math.max(1, nodes / said);
        allLimits.replaceAll((_, rate) -> rate.times(factor));
        allUse.replaceAll((_, part) -> part * factor);
        return new Sight(allLimits, allUse);
    }

    /** As nodes tell it to each other: a line for each limit and backend, its fields apart by tabs, which no name has. */
    String text() {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(limits)
                .forEach((id, rate) -> lines.add(
                        String.join(FIELD, LIMIT, id, "" + rate.used, "" + rate.reserved, "" + rate.refused)));
        new TreeMap<>(use).forEach((backend, part) -> lines.add(String.join(FIELD, BACKEND, backend, "" + part)));
        return String.join(LINE, lines);
    }

    /** What another node told, but for lines that this version does not know. */
    static Sight read(String text) {
        Map<String, Rate> limits = new HashMap<>();
        Map<String, Double> use = new HashMap<>();
        for (String line : text.split(LINE, -1)) {
            String[] fields = line.split(FIELD, -1);
            if (fields[0].equals(LIMIT) && fields.length == FIELDS_OF_LIMIT) {
                limits.put(
                        fields[1],
                        new Rate(
                                Double.parseDouble(fields[2]),
                                Double.parseDouble(fields[3]),
                                Double.parseDouble(fields[4])));
            } else if (fields[0].equals(BACKEND) && fields.length == FIELDS_OF_BACKEND) {
                use.put(fields[1], Double.parseDouble(fields[2]));
            }
        }
        return new Sight(limits, use);
    }
}
