package io.atlas.operator;

import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code atlas quota}. */
@Command(
        name = "quota",
        description = {
            "Says how full the limits are: used (#), held by open requests (+) and remaining (.).",
            "",
            "RESETS is when nothing is used any more: a calendar limit's next window, or the moment at which a rate"
                    + " limit has leaked empty. A debt is what a backend counted above what was reserved. Where a calendar limit"
                    + " will be gone before it resets, at the pace of the moment, it says when."
        },
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.NOT_FOUND_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  atlas quota --tenant acme",
            "  atlas quota --tenant acme --key ci --key app",
            "  atlas quota --over-time acme:cost/month",
            "  atlas quota --output json | jq '.limits[] | select(.low)'"
        })
final class QuotaCommand implements Callable<Integer> {
    private static final int BAR = 20;
    private static final List<String> FIELDS = List.of(
            "id",
            "scope",
            "from",
            "kind",
            "unit",
            "amount",
            "per",
            "model",
            "class",
            "used",
            "held",
            "remaining",
            "debt",
            "low_water",
            "low",
            "burn_per_hour",
            "exhausted_at",
            "resets_at");

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Option(names = "--tenant", paramLabel = "NAME", description = "Only this tenant's limits (default: all limits).")
    private Optional<String> tenant = Optional.empty();

    @Option(
            names = "--key",
            paramLabel = "NAME",
            description = "Only the limits that sit on the keys of this name, never their secret; may be repeated.")
    private List<String> keys = List.of();

    @Option(
            names = "--over-time",
            paramLabel = "LIMIT",
            description = "How the amount of one calendar limit was spent in its current window, by its id.")
    private Optional<String> limit = Optional.empty();

    QuotaCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (limit.isPresent()) {
            JsonNode spend = admin.get(surroundings, "spend", Map.of("limit", limit.orElseThrow()));
            format.output().print(SpendTable.answer(spend, surroundings.ansi()), surroundings.out());
            return ExitCode.OK;
        }
        Map<String, String> query = new LinkedHashMap<>();
        tenant.ifPresent(name -> query.put("tenant", name));
        JsonNode quota = ofKeys(admin.get(surroundings, "quota", query));
        Answer answer = new Answer(quota, text(quota), FIELDS, Answer.rows(quota.path("limits"), FIELDS));
        format.output().print(answer, surroundings.out());
        return ExitCode.OK;
    }

    private JsonNode ofKeys(JsonNode quota) {
        if (keys.isEmpty() || !(quota instanceof ObjectNode object)) {
            return quota;
        }
        ObjectNode chosen = object.deepCopy();
        ArrayNode limits = chosen.putArray("limits");
        quota.path("limits").values().stream().filter(this::sitsOnKey).forEach(limits::add);
        return chosen;
    }

    private boolean sitsOnKey(JsonNode limit) {
        String id = limit.path("id").asString("");
        return keys.stream().anyMatch(key -> id.contains("/keys/" + key + ":"));
    }

    private String text(JsonNode quota) {
        if (quota.path("limits").isEmpty()) {
            return "no limits\n";
        }
        Grid grid = new Grid(List.of(
                Column.left("LIMIT"),
                Column.left("FROM"),
                Column.right("USED"),
                Column.right("HELD"),
                Column.right("REMAINING"),
                Column.right("AMOUNT"),
                Column.left(""),
                Column.left("RESETS")));
        Optional<Instant> at = instant(quota.path("at"));
        for (JsonNode limit : quota.path("limits").values()) {
            grid.add(List.of(
                    Text.of(limit.path("id")),
                    Text.of(limit.path("from")),
                    amount(limit, "used"),
                    amount(limit, "held"),
                    amount(limit, "remaining"),
                    amount(limit, "amount"),
                    bar(limit) + note(limit) + adapted(limit) + foretold(at, limit),
                    resets(at, limit.path("resets_at"))));
        }
        return "at " + Text.of(quota.path("at")) + "\n\n" + grid.text(surroundings.ansi());
    }

    private static String amount(JsonNode limit, String field) {
        return Text.amount(limit.path(field).asLong(0), limit.path("unit").asString(""));
    }

    /** What is used shows at least one mark, so that an empty bar means nothing. */
    private static String bar(JsonNode limit) {
        double whole = Math.max(1, sum(limit, "used", "held", "remaining"));
        int used = marks(sum(limit, "used") / whole, BAR);
        int held = marks(sum(limit, "held") / whole, BAR - used);
        return "[" + "#".repeat(used) + "+".repeat(held) + ".".repeat(BAR - used - held) + "]";
    }

    private static double sum(JsonNode limit, String... fields) {
        double sum = 0;
        for (String field : fields) {
            sum += limit.path(field).asDouble(0);
        }
        return sum;
    }

    private static int marks(double share, int room) {
        int marks = share > 0 ? Math.max(1, (int) Math.round(share * BAR)) : 0;
        return Math.min(room, marks);
    }

    /** A limit that says something else at this hour, or by this load, than it is declared. */
    private static String adapted(JsonNode limit) {
        JsonNode adapted = limit.path("adapted");
        return adapted.isObject()
                ? " x" + Text.of(adapted.path("factor")) + " (" + Text.of(adapted.path("reason")) + ")"
                : "";
    }

    private static String note(JsonNode limit) {
        if (limit.path("debt").asLong(0) > 0) {
            return " debt " + amount(limit, "debt");
        }
        if (limit.path("mode").asString("").equals("shadow")) {
            return " shadow";
        }
        return limit.path("low").asBoolean(false) ? " low" : "";
    }

    private static String foretold(Optional<Instant> at, JsonNode limit) {
        return at.flatMap(now -> instant(limit.path("exhausted_at")).map(then -> Text.until(now, then)))
                .map(when -> " gone " + when)
                .orElse("");
    }

    private static String resets(Optional<Instant> at, JsonNode resetsAt) {
        String when = Text.of(resetsAt);
        return at.flatMap(now -> instant(resetsAt).map(then -> Text.until(now, then) + " (" + when + ")"))
                .orElse(when);
    }

    private static Optional<Instant> instant(JsonNode time) {
        try {
            return time.isString() ? Optional.of(Instant.parse(time.stringValue())) : Optional.empty();
        } catch (DateTimeException _) {
            return Optional.empty();
        }
    }
}
