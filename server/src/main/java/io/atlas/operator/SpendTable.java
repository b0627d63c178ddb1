package io.atlas.operator;

import io.atlas.terminal.Answer;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Text;
import java.util.List;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;

/** How a calendar limit was spent over time, beside how much of its window is over. */
final class SpendTable {
    private static final int BAR = 40;
    private static final List<String> FIELDS = List.of("from", "to", "spent");

    private SpendTable() {}

    static Answer answer(JsonNode spend, Ansi ansi) {
        return new Answer(spend, text(spend, ansi), FIELDS, Answer.rows(spend.path("parts"), FIELDS));
    }

    private static String text(JsonNode spend, Ansi ansi) {
        String unit = spend.path("unit").asString("");
        long amount = spend.path("amount").asLong(0);
        Grid grid = new Grid(List.of(
                Column.left("FROM"),
                Column.right("SPENT"),
                Column.right("LEFT"),
                Column.left("SPENT OF THE AMOUNT SO FAR")));
        long spent = 0;
        for (JsonNode part : spend.path("parts").values()) {
            spent += part.path("spent").asLong(0);
            grid.add(List.of(
                    Text.of(part.path("from")),
                    Text.amount(part.path("spent").asLong(0), unit),
                    Text.amount(Math.max(0, amount - spent), unit),
                    "#".repeat(Math.clamp(Math.round((double) BAR * spent / Math.max(1, amount)), 0, BAR))));
        }
        return Text.of(spend.path("limit")) + ", " + Text.amount(amount, unit) + " from " + Text.of(spend.path("from"))
                + " to " + Text.of(spend.path("to")) + " in " + Text.of(spend.path("zone")) + "\n\n" + grid.text(ansi);
    }
}
