package io.atlas.operator;

import io.atlas.kernel.unit.Money;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;

/** A decision receipt as a story. A step or field that it does not know yet is told by its names. */
final class Story {
    private static final Set<String> TOLD_APART = Set.of("step", "after_us", "limits");

    private final StringBuilder text = new StringBuilder();

    private Story() {}

    /** Tells the receipt, its lines ended. */
    static String of(JsonNode decision) {
        Story story = new Story();
        story.opening(decision);
        story.text.append('\n');
        if (Text.of(decision.path("story")).equals("not_kept")) {
            story.text.append(
                    "The story of this request is not kept any more (ledger.receipts says for how long it is);"
                            + " the figures of its line are.\n");
        }
        decision.path("steps").values().forEach(story::step);
        story.text.append('\n');
        story.ending(decision);
        return story.text.toString();
    }

    /** When who asked for what, its lines ended. */
    static String asking(JsonNode decision) {
        Story story = new Story();
        story.line("when", Text.of(decision.path("at")));
        story.line("who", caller(decision.path("caller")));
        story.line("asked", asked(decision.path("asked")));
        return story.text.toString();
    }

    private void opening(JsonNode decision) {
        line("decision", Text.of(decision.path("id")));
        line("outcome", outcome(decision));
        text.append(asking(decision));
        JsonNode served = decision.path("served");
        line(
                "served",
                served.isObject() ? Text.of(served.path("model")) + " on " + Text.of(served.path("backend")) : "-");
    }

    private void ending(JsonNode decision) {
        line("usage", usage(decision.path("usage")));
        long nanoUsd = decision.path("cost_nano_usd").asLong(0);
        line("cost", Text.usd(nanoUsd) + " at the price " + Text.of(decision.path("price")));
        JsonNode provider = decision.path("provider_cost_nano_usd");
        if (provider.isNumber()) {
            line("cost to us", Text.usd(provider.asLong(0)));
        }
        line("configuration", Text.of(decision.path("configuration")));
        if (decision.path("trace_id").isString()) {
            line("trace", Text.of(decision.path("trace_id")));
        }
    }

    private static String outcome(JsonNode decision) {
        String outcome = Text.of(decision.path("outcome"));
        JsonNode reason = decision.path("reason");
        return reason.isString() ? outcome + ": " + Text.of(reason) : outcome;
    }

    private static String caller(JsonNode caller) {
        StringBuilder who = new StringBuilder(Text.of(caller.path("tenant")));
        if (caller.path("team").isString()) {
            who.append('/').append(Text.of(caller.path("team")));
        }
        if (caller.path("user").isString()) {
            who.append(", user ").append(Text.of(caller.path("user")));
        }
        return who + ", key " + Text.of(caller.path("key")) + ", tier " + Text.of(caller.path("tier"));
    }

    private static String asked(JsonNode asked) {
        if (!asked.path("route").isString()) {
            return Text.of(asked.path("model"));
        }
        String how = asked.path("stream").asBoolean(false) ? "streamed" : "whole";
        JsonNode maxTokens = asked.path("max_tokens");
        String bound = maxTokens.isNumber() ? ", at most " + Text.number(maxTokens.asLong()) + " tokens" : "";
        return "%s by %s %s, %s%s"
                .formatted(
                        Text.of(asked.path("model")),
                        Text.of(asked.path("dialect")),
                        Text.of(asked.path("route")),
                        how,
                        bound);
    }

    private static String usage(JsonNode usage) {
        return "%s in (%s cached), %s out (%s reasoning), %s"
                .formatted(
                        count(usage, "input_tokens"),
                        count(usage, "cached_input_tokens"),
                        count(usage, "output_tokens"),
                        count(usage, "reasoning_tokens"),
                        Text.of(usage.path("source")));
    }

    private void step(JsonNode step) {
        String name = Text.of(step.path("step"));
        String told = switch (name) {
            case "estimate" ->
                "%s tokens in (%s), at most %s out"
                        .formatted(
                                count(step, "input_tokens"),
                                Text.of(step.path("method")),
                                count(step, "output_tokens"));
            case "choose" -> candidates(step.path("candidates"));
            case "reserve" -> "held on " + limits(step.path("limits").size());
            case "refuse" -> Text.of(step.path("reason"));
            case "queue" -> queue(step);
            case "shadow" -> "served, and would have been refused if these were enforced";
            case "advise" -> "what would have passed";
            case "replay" ->
                "%s the answer of %s, charged to that request alone"
                        .formatted(Text.of(step.path("how")), Text.of(step.path("of")));
            default -> fields(step);
        };
        text.append(
                "%12s  %-10s %s%n".formatted(Text.micros(step.path("after_us").asLong(0)), name, told));
        if (!step.path("limits").isEmpty()) {
            text.append(table(step).indent(14));
        }
        text.append(WayOut.of(step.path("remedies")).indent(14));
    }

    private static String queue(JsonNode step) {
        String place = step.path("place").isNumber()
                ? "waited " + Text.micros(step.path("waited_us").asLong(0)) + " as number "
                        + Text.number(step.path("place").asLong()) + " of its team"
                : "not let in";
        String foretold = step.path("foretold_us").isNumber()
                ? ", " + Text.micros(step.path("foretold_us").asLong()) + " foretold"
                : "";
        String heldFor = step.path("held_for").isString()
                ? ", for " + step.path("held_for").asString().replace('_', ' ')
                : "";
        return place + heldFor + foretold + ", before " + Text.of(step.path("backend")) + ": "
                + Text.of(step.path("ended")).replace('_', ' ') + order(step.path("order"));
    }

    /** Who said whose turn it was, where several nodes share the backend. */
    private static String order(JsonNode order) {
        return switch (order.asString("")) {
            case "" -> "";
            case "ordered" -> ", by the order of all nodes";
            case "leased" -> ", by this node's own order for its part of the places";
            case "local" -> ", by this node's own order, as the other nodes could not be asked";
            default -> ", by the order " + Text.of(order);
        };
    }

    private static String candidates(JsonNode candidates) {
        return candidates
                .valueStream()
                .map(candidate -> Text.of(candidate.path("deployment")) + " "
                        + Text.of(candidate.path("standing")).replace('_', ' '))
                .collect(Collectors.joining(", "));
    }

    private static String limits(int count) {
        return count == 1 ? "1 limit" : count + " limits";
    }

    private static String table(JsonNode step) {
        Grid grid = new Grid(List.of(
                Column.left("LIMIT"),
                Column.right("USED"),
                Column.right("HELD"),
                Column.right("AMOUNT"),
                Column.right("ASKED"),
                Column.right("LEFT"),
                Column.left("")));
        step.path("limits").values().forEach(limit -> grid.add(limit(step, limit)));
        return grid.text(Ansi.OFF);
    }

    private static List<String> limit(JsonNode step, JsonNode limit) {
        String id = Text.of(limit.path("id"));
        return List.of(
                id,
                amount(id, limit, "used_before"),
                amount(id, limit, "held_before"),
                amount(id, limit, "amount"),
                amount(id, limit, "taken"),
                left(id, step, limit),
                note(step, limit));
    }

    private static String note(JsonNode step, JsonNode limit) {
        if (!limit.path("reason").isString()) {
            return "fits";
        }
        boolean shadow = Text.of(step.path("step")).equals("shadow");
        return (shadow ? "would refuse: " : "refused: ") + Text.of(limit.path("reason"));
    }

    /** What was left afterwards. A refusal takes nothing. */
    private static String left(String id, JsonNode step, JsonNode limit) {
        long before = limit.path("amount").asLong(0)
                - limit.path("used_before").asLong(0)
                - limit.path("held_before").asLong(0);
        boolean held = Text.of(step.path("step")).equals("reserve");
        long taken = held ? limit.path("taken").asLong(0) : 0;
        return amount(id, Math.max(0, before - taken));
    }

    private static String amount(String id, JsonNode limit, String field) {
        return amount(id, limit.path(field).asLong(0));
    }

    /** A receipt's limit has no unit of its own; its id names the kind. */
    private static String amount(String id, long value) {
        return id.contains(":cost/") ? Text.usd(value) : Text.number(value);
    }

    private static String fields(JsonNode step) {
        List<String> told = new ArrayList<>();
        step.properties().stream()
                .filter(field -> !TOLD_APART.contains(field.getKey())
                        && !field.getValue().isNull())
                .forEach(field -> told.add(field(field.getKey(), field.getValue())));
        return String.join(", ", told);
    }

    private static String field(String name, JsonNode value) {
        if (name.endsWith("_nano_usd") && value.isIntegralNumber()) {
            return name.replace("_nano_usd", "") + " " + Money.decimalUsd(value.asLong()) + " USD";
        }
        String words = name.replace('_', ' ');
        return value.isObject()
                ? value.properties().stream()
                        .map(inner -> field(inner.getKey(), inner.getValue()))
                        .collect(Collectors.joining(", ", words + " (", ")"))
                : words + " " + Text.of(value);
    }

    private static String count(JsonNode node, String field) {
        return Text.number(node.path(field).asLong(0));
    }

    private void line(String name, String value) {
        text.append("%-14s%s%n".formatted(name, value));
    }
}
