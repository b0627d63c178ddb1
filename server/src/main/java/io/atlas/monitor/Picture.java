package io.atlas.monitor;

import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Text;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;
import tools.jackson.databind.JsonNode;

/** What {@code atlas top} shows: the time between two answers of the admin listener, in lines of a terminal. */
final class Picture {
    /** So many lines of a table; the largest come first. */
    private static final int MAX_ROWS = 12;

    private static final double NANOS = 1e9;
    private static final double PERCENT = 100;

    private final JsonNode before;
    private final JsonNode now;
    private final double seconds;
    private final Ansi ansi;
    private final StringBuilder text = new StringBuilder();

    private Picture(JsonNode before, JsonNode now, Ansi ansi) {
        this.before = before;
        this.now = now;
        this.ansi = ansi;
        long nanos = Duration.between(at(before), at(now)).toNanos();
        this.seconds = nanos > 0 ? nanos / NANOS : 1;
    }

    /**
     * The picture, its lines ended.
     *
     * @param whose which node was asked
     */
    static String of(JsonNode before, JsonNode now, String whose, Ansi ansi) {
        Picture picture = new Picture(before, now, ansi);
        picture.line("node", whose);
        picture.totals();
        picture.refusals();
        picture.backends();
        picture.crowds();
        picture.low();
        return picture.text.toString();
    }

    private void totals() {
        line("at", Text.of(now.path("at")));
        line(
                "requests/s",
                "%s, served %s, refused %s, failed %s, aborted %s"
                        .formatted(
                                shown(requests("served")
                                        + requests("refused")
                                        + requests("failed")
                                        + requests("aborted")),
                                shown(requests("served")),
                                shown(requests("refused")),
                                shown(requests("failed")),
                                shown(requests("aborted"))));
        line("tokens/s", "%s in, %s out".formatted(shown(rate("input_tokens")), shown(rate("output_tokens"))));
        long open = now.path("backends")
                .valueStream()
                .mapToLong(backend -> backend.path("open").asLong(0))
                .sum();
        long waiting =
                now.path("backends").valueStream().mapToLong(Picture::waiting).sum();
        line("open", Text.number(open) + " at backends, " + Text.number(waiting) + " waiting");
    }

    private void refusals() {
        String refusals = now.path("since_start").path("refused").properties().stream()
                .map(Map.Entry::getKey)
                .filter(reason -> rate("refused", reason) > 0)
                .map(reason -> Text.safe(reason) + " " + shown(rate("refused", reason)))
                .collect(Collectors.joining(", "));
        line("refusals/s", refusals.isEmpty() ? "-" : refusals);
    }

    private void backends() {
        Grid grid = new Grid(List.of(
                Column.left("BACKEND"),
                Column.right("OPEN"),
                Column.right("WAITING"),
                Column.left("BY PRIORITY"),
                Column.left("FOR")));
        now.path("backends").valueStream().limit(MAX_ROWS).forEach(backend -> {
            String byPriority = backend.path("waiting").properties().stream()
                    .map(band -> Text.safe(band.getKey()) + ": " + Text.of(band.getValue()))
                    .collect(Collectors.joining(", "));
            grid.add(List.of(
                    Text.of(backend.path("backend")),
                    Text.of(backend.path("open")),
                    Text.number(waiting(backend)),
                    byPriority.isEmpty() ? "-" : byPriority,
                    Text.of(backend.path("held_for")).replace('_', ' ')));
        });
        text.append('\n').append(grid.text(ansi));
    }

    private void crowds() {
        Grid grid = new Grid(List.of(
                Column.left("WHO WAITS"),
                Column.left("BEFORE"),
                Column.right("PRIORITY"),
                Column.right("WAITING"),
                Column.right("THE NEXT WOULD WAIT")));
        List<List<String>> rows = now.path("backends")
                .valueStream()
                .flatMap(backend -> backend.path("crowds").valueStream().map(crowd -> row(backend, crowd)))
                .limit(MAX_ROWS)
                .toList();
        rows.forEach(grid::add);
        if (!rows.isEmpty()) {
            text.append('\n').append(grid.text(ansi));
        }
    }

    private static List<String> row(JsonNode backend, JsonNode crowd) {
        String team = crowd.path("team").isString() ? "/" + Text.of(crowd.path("team")) : "";
        JsonNode wait = crowd.path("wait_us");
        return List.of(
                Text.of(crowd.path("tenant")) + team,
                Text.of(backend.path("backend")),
                Text.of(crowd.path("priority")),
                Text.of(crowd.path("waiting")),
                wait.isNumber() ? Text.micros(wait.asLong()) : "-");
    }

    private void low() {
        Grid grid = new Grid(List.of(
                Column.left("BUDGET THAT RUNS LOW"), Column.right("LEFT"), Column.right("OF IT"), Column.left("GONE")));
        List<JsonNode> limits = now.path("low").valueStream().limit(MAX_ROWS).toList();
        for (JsonNode limit : limits) {
            long left = limit.path("remaining").asLong(0);
            double share = PERCENT * left / Math.max(1, limit.path("amount").asLong(1));
            grid.add(List.of(
                    Text.of(limit.path("id")),
                    Text.amount(left, Text.of(limit.path("unit"))),
                    String.format(Locale.ROOT, "%.1f %%", share),
                    gone(limit, left)));
        }
        if (!limits.isEmpty()) {
            text.append('\n').append(grid.text(ansi));
        }
        long more = now.path("low").size()
                - limits.size()
                + now.path("low_left_out").asLong(0);
        if (more > 0) {
            text.append("and ").append(Text.number(more)).append(" more\n");
        }
    }

    private String gone(JsonNode limit, long left) {
        JsonNode at = limit.path("exhausted_at");
        if (left <= 0) {
            return "now";
        }
        return at.isString() ? Text.until(at(now), Instant.parse(at.stringValue())) : "not at this pace";
    }

    private static Instant at(JsonNode answer) {
        return Instant.parse(answer.path("at").asString());
    }

    private static long waiting(JsonNode backend) {
        return backend.path("waiting")
                .valueStream()
                .mapToLong(band -> band.asLong(0))
                .sum();
    }

    private double requests(String outcome) {
        return rate("requests", outcome);
    }

    /** How much a count grew in a second; what a restart took back did not shrink. */
    private double rate(String... path) {
        return Math.max(0, count(now, path) - count(before, path)) / seconds;
    }

    private static long count(JsonNode answer, String... path) {
        JsonNode node = answer.path("since_start");
        for (String part : path) {
            node = node.path(part);
        }
        return node.asLong(0);
    }

    private static String shown(double rate) {
        return rate < 10 ? String.format(Locale.ROOT, "%.1f", rate) : Text.number(Math.round(rate));
    }

    private void line(String name, String value) {
        text.append("%-14s%s%n".formatted(name, value));
    }
}
