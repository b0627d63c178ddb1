package io.atlas.cli;

import io.atlas.scenario.Act;
import io.atlas.scenario.Audience;
import io.atlas.scenario.Frame;
import io.atlas.scenario.Review;
import io.atlas.scenario.Seen;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Text;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.Ansi;

/**
 * A play as people read it: on a terminal with colours one table for each act, repainted in place about every second;
 * elsewhere a line of {@code key=value} for each tenant every five seconds. At its end a comparison.
 */
final class Board implements Audience {
    private static final long PLAIN_EVERY_SECONDS = 5;
    private static final String NONE = "-";

    private final PrintWriter out;
    private final Ansi ansi;
    private Optional<Act> current = Optional.empty();
    private long paintedLines;
    private long toldSeconds;

    Board(PrintWriter out, Ansi ansi) {
        this.out = out;
        this.ansi = ansi;
    }

    @Override
    public void watch(Frame frame) {
        if (ansi.enabled()) {
            repaint(frame);
        } else if (isTold(frame)) {
            frame.rows().forEach(row -> out.println(line(frame, row)));
        }
        out.flush();
    }

    @Override
    public void applaud(Review review) {
        Grid grid = new Grid(List.of(
                Grid.Column.left("tenant"),
                Grid.Column.left(""),
                Grid.Column.right("asked"),
                Grid.Column.right("served"),
                Grid.Column.right("refused"),
                Grid.Column.right("broken"),
                Grid.Column.right("unsent"),
                Grid.Column.right("first token p50"),
                Grid.Column.right("p95"),
                Grid.Column.right("whole answer p50"),
                Grid.Column.right("p95")));
        review.lines().forEach(line -> {
            grid.add(compared(line.tenant(), "calm", line.calm()));
            grid.add(compared("", "noise", line.noise()));
        });
        out.println();
        out.println("What each tenant's client has measured, without and with the noise:");
        out.println();
        out.print(grid.text(ansi));
        out.println();
        out.println("The play is over; Atlas goes on serving. Ctrl-C stops it.");
        out.flush();
    }

    /** Each act keeps its table; only the one that is going on is current over. */
    private void repaint(Frame frame) {
        if (current.filter(frame.act()::equals).isPresent()) {
            out.print("\u001b[" + paintedLines + "A\u001b[J");
        }
        String table = "\n" + title(frame) + "\n" + table(frame);
        out.print(table);
        current = Optional.of(frame.act());
        paintedLines = table.chars().filter(letter -> letter == '\n').count();
    }

    private static String title(Frame frame) {
        String title = frame.act().title() + ", " + frame.elapsed().toSeconds() + " s of "
                + frame.act().length().toSeconds();
        return switch (frame.act().mood()) {
            case UNTOLD -> title + " (not compared)";
            case CALM, NOISY -> title;
        };
    }

    private String table(Frame frame) {
        Grid grid = new Grid(List.of(
                Grid.Column.left("tenant"),
                Grid.Column.right("asked/s"),
                Grid.Column.right("served/s"),
                Grid.Column.right("refused/s"),
                Grid.Column.right("first token p50"),
                Grid.Column.right("p95"),
                Grid.Column.right("whole p50"),
                Grid.Column.right("p95"),
                Grid.Column.right("requests left"),
                Grid.Column.right("tokens left"),
                Grid.Column.left("refused so far")));
        for (Frame.Row row : frame.rows()) {
            grid.add(List.of(
                    row.tenant(),
                    rate(row.rates().asked()),
                    rate(row.rates().served()),
                    rate(row.rates().refused()),
                    ms(row.seen(), row.seen().firstToken().p50Nanos()),
                    ms(row.seen(), row.seen().firstToken().p95Nanos()),
                    ms(row.seen(), row.seen().total().p50Nanos()),
                    ms(row.seen(), row.seen().total().p95Nanos()),
                    left(row.requestsLeft()),
                    left(row.tokensLeft()),
                    reasons(row.seen(), " ")));
        }
        return grid.text(ansi);
    }

    private static List<String> compared(String tenant, String when, Seen seen) {
        return List.of(
                tenant,
                when,
                Text.number(seen.asked()),
                Text.number(seen.served()),
                Text.number(seen.refusals()),
                Text.number(seen.broken()),
                Text.number(seen.unsent()),
                ms(seen, seen.firstToken().p50Nanos()),
                ms(seen, seen.firstToken().p95Nanos()),
                ms(seen, seen.total().p50Nanos()),
                ms(seen, seen.total().p95Nanos()));
    }

    private boolean isTold(Frame frame) {
        long seconds = frame.elapsed().toSeconds();
        if (current.filter(frame.act()::equals).isEmpty()) {
            current = Optional.of(frame.act());
            toldSeconds = 0;
        }
        if (seconds - toldSeconds < PLAIN_EVERY_SECONDS) {
            return false;
        }
        toldSeconds = seconds - seconds % PLAIN_EVERY_SECONDS;
        return true;
    }

    private static String line(Frame frame, Frame.Row row) {
        Seen seen = row.seen();
        return "act=%s second=%d tenant=%s asked_per_s=%s served_per_s=%s refused_per_s=%s broken=%d unsent=%d first_token_p50=%s first_token_p95=%s whole_p50=%s whole_p95=%s requests_left=%s tokens_left=%s refused=%s"
                .formatted(
                        frame.act().title().replace(' ', '-'),
                        frame.elapsed().toSeconds(),
                        row.tenant(),
                        rate(row.rates().asked()),
                        rate(row.rates().served()),
                        rate(row.rates().refused()),
                        seen.broken(),
                        seen.unsent(),
                        ms(seen, seen.firstToken().p50Nanos()).replace(" ", ""),
                        ms(seen, seen.firstToken().p95Nanos()).replace(" ", ""),
                        ms(seen, seen.total().p50Nanos()).replace(" ", ""),
                        ms(seen, seen.total().p95Nanos()).replace(" ", ""),
                        left(row.requestsLeft()),
                        left(row.tokensLeft()),
                        reasons(seen, ","));
    }

    private static String rate(double perSecond) {
        return String.format(Locale.ROOT, "%.1f", perSecond);
    }

    private static String ms(Seen seen, long nanos) {
        return seen.served() == 0 ? NONE : String.format(Locale.ROOT, "%.0f ms", nanos / 1e6);
    }

    private static String left(OptionalLong amount) {
        return amount.isPresent() ? Long.toString(amount.getAsLong()) : NONE;
    }

    private static String reasons(Seen seen, String between) {
        if (seen.refused().isEmpty()) {
            return NONE;
        }
        return seen.refused().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(reason -> Text.safe(reason.getKey()) + ":" + reason.getValue())
                .collect(Collectors.joining(between));
    }
}
