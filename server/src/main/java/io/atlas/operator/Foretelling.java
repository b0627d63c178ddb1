package io.atlas.operator;

import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;

/** What would become of a request, in words. */
final class Foretelling {
    private static final int INDENT = 2;

    private Foretelling() {}

    /** Tells the answer of the check, its lines ended. */
    static String of(JsonNode foretold) {
        StringBuilder text = new StringBuilder(verdict(foretold)).append("\n\n");
        text.append(Story.asking(foretold));
        JsonNode limits = foretold.path("limits");
        if (!limits.isEmpty()) {
            text.append('\n').append(table(limits));
        }
        if (!foretold.path("remedies").isEmpty()) {
            text.append("\nwhat would pass\n")
                    .append(WayOut.of(foretold.path("remedies")).indent(INDENT));
        }
        return text.toString();
    }

    private static String verdict(JsonNode foretold) {
        JsonNode served = foretold.path("served");
        if (!served.isObject()) {
            return "would be refused: " + Text.of(foretold.path("reason")) + " (" + Text.of(foretold.path("status"))
                    + ")\n" + Text.of(foretold.path("message"));
        }
        List<String> changes = changes(served);
        String how = changes.isEmpty() ? "as asked" : String.join(", ", changes);
        return "would be served by " + Text.of(served.path("model")) + ", " + how + "\nat most "
                + Text.usd(served.path("cost_at_most_nano_usd").asLong(0)) + ": "
                + Text.number(served.path("input_tokens").asLong(0)) + " tokens in, "
                + Text.number(served.path("max_tokens").asLong(0)) + " out of each choice, at the price "
                + Text.of(served.path("price"));
    }

    private static List<String> changes(JsonNode served) {
        List<String> changes = new ArrayList<>();
        if (served.path("downgraded_from").isString()) {
            changes.add("instead of " + Text.of(served.path("downgraded_from")));
        }
        long trimmed = served.path("trimmed_tokens").asLong(0);
        if (trimmed > 0) {
            changes.add("without " + Text.number(trimmed) + " tokens of its oldest turns");
        }
        return changes;
    }

    private static String table(JsonNode limits) {
        Grid grid = new Grid(List.of(
                Column.left("LIMIT"),
                Column.right("USED"),
                Column.right("HELD"),
                Column.right("AMOUNT"),
                Column.right("ASKED"),
                Column.right("LEFT AFTER"),
                Column.left("")));
        limits.values()
                .forEach(limit -> grid.add(List.of(
                        Text.of(limit.path("id")),
                        amount(limit, "used"),
                        amount(limit, "held"),
                        amount(limit, "amount"),
                        amount(limit, "asked"),
                        limit.path("remaining_after").isNumber() ? amount(limit, "remaining_after") : "-",
                        note(limit))));
        return grid.text(Ansi.OFF);
    }

    private static String amount(JsonNode limit, String field) {
        return Text.amount(limit.path(field).asLong(0), limit.path("unit").asString(""));
    }

    private static String note(JsonNode limit) {
        List<String> notes = new ArrayList<>();
        if (limit.path("asked").asLong(0) > limit.path("remaining").asLong(0)) {
            notes.add("does not fit");
        }
        if (limit.path("mode").asString("").equals("shadow")) {
            notes.add("shadow");
        }
        if (limit.path("low").asBoolean(false)) {
            notes.add("low");
        }
        return notes.stream().collect(Collectors.joining(", "));
    }
}
