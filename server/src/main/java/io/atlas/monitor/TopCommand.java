package io.atlas.monitor;

import io.atlas.terminal.Admin;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Failure;
import io.atlas.terminal.Surroundings;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code atlas top}. */
@Command(
        name = "top",
        description = {
            "Shows what goes on at one node, anew every second: requests and tokens in a second, refusals by reason, who is"
                    + " at each backend, who waits there and for how long, and the budgets that run low.",
            "",
            "Of several nodes it shows the one that is asked, and says how many others there are; --server asks another.",
            "",
            "What is not written to a terminal is one picture of one second, as with --once."
        },
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {"  atlas top", "  atlas top --once"})
public final class TopCommand implements Callable<Integer> {
    /** To the upper left corner; what is left of each line behind the text, and below it, is cleared. */
    private static final String HOME = "\u001b[H";

    private static final String CLEAR_LINE = "\u001b[K\n";
    private static final String CLEAR_BELOW = "\u001b[J";

    /** Pictures of one count of the nodes, which may be a question to a database. */
    private static final int PICTURES_OF_ONE_CALL = 10;

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Option(names = "--once", description = "One picture of one second.")
    private boolean once;

    /** The command in these surroundings. */
    public TopCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        boolean repaints = !once && surroundings.ansi().enabled();
        PrintWriter out = surroundings.out();
        JsonNode before = ask();
        String whose = whose();
        int pictures = 0;
        do {
            TimeUnit.SECONDS.sleep(1);
            JsonNode now = ask();
            whose = ++pictures % PICTURES_OF_ONE_CALL == 0 ? whose() : whose;
            String picture = Picture.of(before, now, whose, surroundings.ansi());
            out.print(repaints ? HOME + picture.replace("\n", CLEAR_LINE) + CLEAR_BELOW : picture);
            before = now;
        } while (!out.checkError() && repaints);
        return ExitCode.OK;
    }

    private JsonNode ask() throws InterruptedException {
        return admin.get(surroundings, "live", Map.of());
    }

    private String whose() throws InterruptedException {
        try {
            return AskedNode.of(admin.get(surroundings, "nodes", Map.of()));
        } catch (Failure _) {
            // What is shown is of the asked node, whoever else there is.
            return AskedNode.ALONE_KNOWN;
        }
    }
}
