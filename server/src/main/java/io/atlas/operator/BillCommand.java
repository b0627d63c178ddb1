package io.atlas.operator;

import io.atlas.kernel.unit.Money;
import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code atlas bill}. */
@Command(
        name = "bill",
        description = {
            "Says what a tenant is to pay for a period, in the calendar of its zone, by team, model and price.",
            "",
            "The lines sum to what the ledger has, to the nano-dollar. The requests behind a line: atlas decisions with"
                    + " its --tenant, --team, --model, --price, --from and --to ('-' stands for no team or no price)."
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
            "  atlas bill --tenant acme --period 2026-11",
            "  atlas bill --tenant acme --period 2026-11 --by-day --output csv > acme.csv",
            "  atlas bill --tenant acme --period 2026-11 --focus > acme-focus.csv"
        })
final class BillCommand implements Callable<Integer> {
    private static final String TENANT = "tenant";
    private static final List<String> FIELDS = List.of(
            "from",
            "to",
            "day",
            "team",
            "model",
            "price",
            "requests",
            "charged_requests",
            "refused",
            "input_tokens",
            "cached_input_tokens",
            "output_tokens",
            "reasoning_tokens",
            "cost_nano_usd",
            "saved_by_downgrade_nano_usd",
            "saved_by_trim_nano_usd",
            "replayed",
            "saved_by_replay_nano_usd",
            "refused_cost_nano_usd",
            "decisions");

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Option(names = "--tenant", required = true, paramLabel = "NAME", description = "Who is to pay.")
    private String tenant = "";

    @Option(
            names = "--period",
            required = true,
            paramLabel = "PERIOD",
            description = "Such as 2026-11, 2026-11-25, 2026-Q4 or 2026.")
    private String period = "";

    @Option(names = "--by-day", description = "Lines for each day of the tenant's zone.")
    private boolean byDay;

    @Option(
            names = "--focus",
            description =
                    "CSV as FOCUS 1.2 has it (FinOps Open Cost and Usage Specification), by day and tags, whatever"
                            + " --output says.")
    private boolean focus;

    @Option(
            names = "--issuer",
            paramLabel = "NAME",
            description = "With --focus: who asks to be paid (default: Atlas).")
    private Optional<String> issuer = Optional.empty();

    @Option(
            names = "--this-node",
            description =
                    "Only what the node served that is asked (default: all nodes, where they share a PostgreSQL).")
    private boolean thisNode;

    BillCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> query = new LinkedHashMap<>();
        query.put(TENANT, tenant);
        query.put("period", period);
        if (byDay) {
            query.put("by", "day");
        }
        if (thisNode) {
            query.put("scope", "node");
        }
        if (focus) {
            query.put("format", "focus");
            issuer.ifPresent(name -> query.put("issuer", name));
            surroundings.out().print(admin.text(surroundings, "bill", query));
            surroundings.out().flush();
            return ExitCode.OK;
        }
        JsonNode bill = admin.get(surroundings, "bill", query);
        Answer answer = new Answer(bill, text(bill), FIELDS, Answer.rows(bill.path("lines"), FIELDS));
        format.output().print(answer, surroundings.out());
        long missing = bill.path("missing_records").asLong(0);
        if (missing > 0) {
            surroundings.say(Text.number(missing)
                    + " lines of other nodes are not in this statement yet, as those last said; see atlas nodes");
        }
        return ExitCode.OK;
    }

    private String text(JsonNode bill) {
        String title = "statement of " + Text.of(bill.path(TENANT)) + " for " + Text.of(bill.path("period")) + " in "
                + Text.of(bill.path("zone"))
                + (bill.path("over").asBoolean(true) ? "" : ", which is not over yet") + "\n";
        if (bill.path("lines").isEmpty()) {
            return title + "\nno requests\n";
        }
        Grid grid = new Grid(List.of(
                Column.left("DAY"),
                Column.left("TEAM"),
                Column.left("MODEL"),
                Column.left("PRICE"),
                Column.right("REQUESTS"),
                Column.right("REFUSED"),
                Column.right("INPUT"),
                Column.right("OUTPUT"),
                Column.right("COST USD")));
        bill.path("lines").values().forEach(line -> grid.add(cells(Text.of(line.path("day")), line)));
        grid.add(cells("total", bill.path("total")));
        return title + "\n" + grid.text(surroundings.ansi()) + "\n" + spared(bill.path("total"));
    }

    private static List<String> cells(String first, JsonNode line) {
        return List.of(
                first,
                Text.of(line.path("team")),
                Text.of(line.path("model")),
                Text.of(line.path("price")),
                number(line, "requests"),
                number(line, "refused"),
                number(line, "input_tokens"),
                number(line, "output_tokens"),
                Money.decimalUsd(line.path("cost_nano_usd").asLong(0)));
    }

    /** What is not on the bill. */
    private static String spared(JsonNode total) {
        return "saved by cheaper models: " + usd(total, "saved_by_downgrade_nano_usd") + "\n"
                + "saved by shorter prompts: " + usd(total, "saved_by_trim_nano_usd") + "\n"
                + "saved by " + number(total, "replayed") + " answers given again: "
                + usd(total, "saved_by_replay_nano_usd") + "\n"
                + "refused by limits: " + usd(total, "refused_cost_nano_usd") + "\n";
    }

    private static String number(JsonNode object, String field) {
        return Text.number(object.path(field).asLong(0));
    }

    private static String usd(JsonNode object, String field) {
        return Text.usd(object.path(field).asLong(0));
    }
}
