package io.atlas.operator;

import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code atlas nodes}. */
@Command(
        name = "nodes",
        description = {
            "Lists the nodes that share a PostgreSQL, or else a Redis, with the one that is asked (*).",
            "",
            "CONFIGURATION is the digest of each node's file as it is in force. A node whose file is another one than most"
                    + " nodes have is marked as different. STATE is live, or silent where a node has said nothing for 15"
                    + " seconds and did not say that it stops; after a day it is forgotten."
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
        footer = {"  atlas nodes", "  atlas nodes --output json | jq -e .agreed"})
final class NodesCommand implements Callable<Integer> {
    private static final int DIGEST_CHARS = "sha256:".length() + 12;
    private static final List<String> FIELDS = List.of(
            "node",
            "this",
            "host",
            "version",
            "state",
            "silent_ms",
            "configuration",
            "configuration_since",
            "differs",
            "started",
            "lag_records");

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    NodesCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode answer = admin.get(surroundings, "nodes", Map.of());
        JsonNode nodes = answer.path("nodes");
        format.output().print(new Answer(answer, table(nodes), FIELDS, Answer.rows(nodes, FIELDS)), surroundings.out());
        if (!answer.path("agreed").asBoolean(true)) {
            surroundings.say("the nodes do not have one configuration; give all the same file");
        }
        return ExitCode.OK;
    }

    private String table(JsonNode nodes) {
        Grid grid = new Grid(List.of(
                Column.left("NODE"),
                Column.left("HOST"),
                Column.left("STATE"),
                Column.left("CONFIGURATION"),
                Column.left("SINCE"),
                Column.right("LAG"),
                Column.left("VERSION")));
        for (JsonNode node : nodes.values()) {
            String digest = Text.of(node.path("configuration"));
            grid.add(List.of(
                    Text.of(node.path("node")) + (node.path("this").asBoolean(false) ? " *" : ""),
                    Text.of(node.path("host")),
                    Text.of(node.path("state")),
                    digest.substring(0, Math.min(DIGEST_CHARS, digest.length()))
                            + (node.path("differs").asBoolean(false) ? " different" : ""),
                    Text.of(node.path("configuration_since")),
                    Text.number(node.path("lag_records").asLong(0)),
                    Text.of(node.path("version"))));
        }
        return grid.text(surroundings.ansi());
    }
}
