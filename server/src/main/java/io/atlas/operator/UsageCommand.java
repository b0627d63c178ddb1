package io.atlas.operator;

import io.atlas.kernel.unit.Money;
import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Failure;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code atlas usage}. */
@Command(
        name = "usage",
        description = "Says who used what: requests, tokens, cost and margin, as the ledger has them.",
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  atlas usage",
            "  atlas usage --by tenant,day --from 2026-11-01 --to 2026-12-01",
            "  atlas usage --by tag:feature,model",
            "  atlas usage --by team,key --output csv > november.csv"
        })
final class UsageCommand implements Callable<Integer> {
    private static final String CREDITS = "credits";
    private static final List<String> SUMS = List.of(
            "requests",
            "charged_requests",
            "refused",
            "replayed",
            "input_tokens",
            "cached_input_tokens",
            "output_tokens",
            "reasoning_tokens",
            "cost_nano_usd",
            "provider_cost_nano_usd",
            "margin_nano_usd",
            CREDITS);
    private static final List<String> TITLES = List.of(
            "REQUESTS",
            "CHARGED",
            "REFUSED",
            "REPLAYED",
            "INPUT",
            "CACHED",
            "OUTPUT",
            "REASONING",
            "COST USD",
            "PROVIDER USD",
            "MARGIN USD",
            "CREDITS");

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Option(
            names = "--by",
            split = ",",
            paramLabel = "DIMENSION",
            description =
                    "A row for each: tenant, team, user, key, end_user, tier, model, backend, price, tag:NAME, day or hour of UTC, several"
                            + " with commas (default: tenant,model).")
    private List<String> by = List.of("tenant", "model");

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Start, such as 2026-11-01 (midnight in UTC) or 2026-11-01T08:00:00Z (default: the server's).")
    private Optional<String> from = Optional.empty();

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description = "End, itself excluded, written as --from (default: the server's, now).")
    private Optional<String> to = Optional.empty();

    @Option(
            names = "--this-node",
            description = "Only what the node used that is asked (default: all nodes, where they share a PostgreSQL).")
    private boolean thisNode;

    UsageCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("by", String.join(",", by));
        from.ifPresent(time -> query.put("from", instant("from", time)));
        to.ifPresent(time -> query.put("to", instant("to", time)));
        if (thisNode) {
            query.put("scope", "node");
        }
        JsonNode usage = admin.get(surroundings, "usage", query);
        List<String> header = Stream.concat(by.stream(), SUMS.stream()).toList();
        Answer answer = new Answer(usage, text(usage), header, Answer.rows(usage.path("rows"), header));
        format.output().print(answer, surroundings.out());
        long missing = usage.path("missing_records").asLong(0);
        if (missing > 0) {
            surroundings.say(Text.number(missing)
                    + " lines of other nodes are not in these sums yet, as those last said; see atlas nodes");
        }
        return ExitCode.OK;
    }

    private String text(JsonNode usage) {
        String period = "from " + Text.of(usage.path("from")) + " to " + Text.of(usage.path("to"));
        if (usage.path("rows").isEmpty()) {
            return "no requests " + period + "\n";
        }
        JsonNode all = usage.path("total");
        // Only who weighs tokens is shown how much they weigh.
        int shown = all.path(CREDITS).asLong(0) > 0 ? SUMS.size() : SUMS.indexOf(CREDITS);
        Grid grid = new Grid(Stream.concat(
                        by.stream().map(dimension -> Column.left(dimension.toUpperCase(Locale.ROOT))),
                        TITLES.subList(0, shown).stream().map(Column::right))
                .toList());
        List<String> sums = SUMS.subList(0, shown);
        for (JsonNode row : usage.path("rows").values()) {
            grid.add(cells(
                    by.stream().map(dimension -> Text.of(row.path(dimension))).toList(), row, sums));
        }
        List<String> total = new ArrayList<>(Collections.nCopies(by.size(), ""));
        total.set(0, "total");
        grid.add(cells(total, all, sums));
        return period + "\n\n" + grid.text(surroundings.ansi());
    }

    private static List<String> cells(List<String> group, JsonNode row, List<String> sums) {
        List<String> cells = new ArrayList<>(group);
        for (String sum : sums) {
            long value = row.path(sum).asLong(0);
            cells.add(sum.endsWith("nano_usd") ? Money.decimalUsd(value) : Text.number(value));
        }
        return cells;
    }

    private static String instant(String option, String time) {
        try {
            return time.contains("T")
                    ? Instant.parse(time).toString()
                    : LocalDate.parse(time)
                            .atStartOfDay(ZoneOffset.UTC)
                            .toInstant()
                            .toString();
        } catch (DateTimeException e) {
            throw new Failure(
                    ExitCode.USAGE,
                    option + ": " + time + " (expected: such as 2026-11-01 or 2026-11-01T08:00:00Z)",
                    e);
        }
    }
}
