package io.atlas.upstream.sim;

import io.atlas.kernel.unit.Usage;
import io.atlas.upstream.sim.Script.Call;
import io.atlas.upstream.sim.Script.Choice;
import io.atlas.upstream.sim.Script.Shape;
import io.atlas.upstream.sim.TextRequest.UsageReport;
import java.util.List;
import java.util.Set;

/**
 * A script as server-sent events. Written as text around a head that all chunks share, since thousands of streams pass
 * through here at once.
 */
final class Chunks {
    private final Script script;
    private final Set<UsageReport> usage;
    private final String head;

    Chunks(Script script, Set<UsageReport> usage, long createdSeconds) {
        this.script = script;
        this.usage = usage;
        String start = Json.text(Json.object()
                .put("id", script.id())
                .put("object", script.shape().chunk())
                .put("created", createdSeconds)
                .put("model", script.model()));
        this.head = "data: " + start.substring(0, start.length() - 1) + ",\"choices\":[";
    }

    /** The tokens of all choices from one tick to before another; the first brings the role with it, the last the reason to end. */
    String between(long fromTick, long toTick) {
        StringBuilder out = new StringBuilder();
        for (long tick = fromTick; tick < toTick; tick++) {
            List<Choice> choices = script.choices();
            for (int i = 0; i < choices.size(); i++) {
                tick(out, i, choices.get(i), tick);
            }
        }
        return out.toString();
    }

    /** The end of a stream that is whole. */
    String closing() {
        String last = usage.contains(UsageReport.FINAL) ? head + "]" + usage(script.usage()) + "}\n\n" : "";
        return last + "data: [DONE]\n\n";
    }

    private void tick(StringBuilder out, int index, Choice choice, long tick) {
        long after = tick + 1;
        int piece = (int) (tick - choice.hiddenTokens());
        if (tick == 0 && script.shape() == Shape.CHAT) {
            chunk(out, index, choice, 0, new Said("\"delta\":{\"role\":\"assistant\",\"content\":\"\"}", "null"));
        }
        if (piece >= 0 && piece < choice.pieces().size()) {
            chunk(out, index, choice, after, new Said(said(choice, piece), "null"));
        }
        if (after == choice.tokens()) {
            chunk(
                    out,
                    index,
                    choice,
                    after,
                    new Said(nothing(), Json.quoted(choice.finish().word())));
        }
    }

    /** What a chunk says of its choice, as JSON. */
    private record Said(String content, String finish) {}

    private void chunk(StringBuilder out, int index, Choice choice, long tokens, Said said) {
        out.append(head).append("{\"index\":").append(index).append(',').append(said.content);
        out.append(",\"finish_reason\":").append(said.finish).append("}]");
        if (usage.contains(UsageReport.RUNNING)) {
            out.append(usage(choice.usage(tokens)));
        } else if (usage.contains(UsageReport.FINAL)) {
            out.append(",\"usage\":null");
        }
        out.append("}\n\n");
    }

    private String nothing() {
        return switch (script.shape()) {
            case CHAT -> "\"delta\":{}";
            case COMPLETION -> "\"text\":\"\"";
        };
    }

    private String said(Choice choice, int piece) {
        return switch (script.shape()) {
            case CHAT -> "\"delta\":" + delta(choice, piece);
            case COMPLETION -> "\"text\":" + Json.quoted(choice.pieces().get(piece));
        };
    }

    private static String delta(Choice choice, int piece) {
        String quoted = Json.quoted(choice.pieces().get(piece));
        if (choice.call().isEmpty()) {
            return "{\"content\":" + quoted + "}";
        }
        String before = piece == 0 ? opening(choice.call().get()) : ",\"function\":{";
        return "{\"tool_calls\":[{\"index\":0" + before + "\"arguments\":" + quoted + "}}]}";
    }

    private static String opening(Call call) {
        return ",\"id\":" + Json.quoted(call.id()) + ",\"type\":\"function\",\"function\":{\"name\":"
                + Json.quoted(call.name()) + ",";
    }

    private static String usage(Usage usage) {
        return ",\"usage\":" + Json.text(Json.usage(usage));
    }
}
