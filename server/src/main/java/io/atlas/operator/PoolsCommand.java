package io.atlas.operator;

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
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code atlas pools}. */
@Command(
        name = "pools",
        description = {
            "Lists the upstream quotas: what the file says, what it is with what was moved, what is used, and what the"
                    + " provider said last.",
            "",
            "A little less than AMOUNT is given out, since the provider's clock is another one."
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
        footer = {"  atlas pools", "  atlas pools move azure-east azure-west 500k --for 2h --reason \"launch\""})
final class PoolsCommand implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("pool", "limits", "learned");

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    private PoolsCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The command with its own command. */
    static CommandLine of(Surroundings surroundings) {
        return new CommandLine(new PoolsCommand(surroundings)).addSubcommand(new Move(surroundings));
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode answer = admin.get(surroundings, "pools", Map.of());
        JsonNode pools = answer.path("pools");
        format.output()
                .print(new Answer(answer, table(answer), FIELDS, Answer.rows(pools, FIELDS)), surroundings.out());
        return ExitCode.OK;
    }

    private String table(JsonNode answer) {
        Grid grid = new Grid(List.of(
                Column.left("POOL"),
                Column.left("LIMIT"),
                Column.right("CONFIGURED"),
                Column.right("AMOUNT"),
                Column.right("USED"),
                Column.right("HELD"),
                Column.left("THE PROVIDER SAYS")));
        for (JsonNode pool : answer.path("pools").values()) {
            for (JsonNode limit : pool.path("limits").values()) {
                grid.add(List.of(
                        Text.of(pool.path("pool")),
                        Text.of(limit.path("kind")) + "/" + Text.of(limit.path("per")),
                        number(limit, "configured"),
                        number(limit, "amount"),
                        number(limit, "used"),
                        number(limit, "held"),
                        learned(pool, Text.of(limit.path("kind")))));
            }
            if (pool.path("limits").isEmpty()) {
                grid.add(List.of(Text.of(pool.path("pool")), "-", "", "", "", "", learned(pool, "")));
            }
        }
        return grid.text(surroundings.ansi()) + moves(answer.path("moves"));
    }

    private String moves(JsonNode moves) {
        if (moves.isEmpty()) {
            return "";
        }
        Grid grid = new Grid(List.of(
                Column.left("FROM"),
                Column.left("TO"),
                Column.right("MOVED"),
                Column.left("LIMIT"),
                Column.left("UNTIL"),
                Column.left("BY"),
                Column.left("REASON")));
        for (JsonNode move : moves.values()) {
            grid.add(List.of(
                    Text.of(move.path("from")),
                    Text.of(move.path("to")),
                    number(move, "amount"),
                    Text.of(move.path("kind")) + "/" + Text.of(move.path("per")),
                    Text.of(move.path("ends_at")),
                    Text.of(move.path("actor")),
                    Text.of(move.path("reason"))));
        }
        return "\n" + grid.text(surroundings.ansi());
    }

    /** What is known of that kind; of all of them where none is named. */
    private static String learned(JsonNode pool, String kind) {
        StringBuilder said = new StringBuilder();
        for (JsonNode known : pool.path("learned").values()) {
            String word = Text.of(known.path("kind"));
            if (kind.isEmpty() || word.equals(kind)) {
                said.append(said.isEmpty() ? "" : ", ")
                        .append(number(known, "remaining"))
                        .append(" of ")
                        .append(number(known, "limit"))
                        .append(kind.isEmpty() ? " " + word : "")
                        .append(" left");
            }
        }
        return said.toString();
    }

    private static String number(JsonNode node, String field) {
        return Text.number(node.path(field).asLong(0));
    }

    /** {@code atlas pools move}. */
    @Command(
            name = "move",
            description = {
                "Gives one pool part of what another has, at once and beside the file, for a time or until it is moved back.",
                "",
                "It survives a restart. Each node keeps its own moves: where several share a Redis, move on each of them."
            },
            exitCodeList = {
                ExitCode.OK_LINE,
                ExitCode.FAILED_LINE,
                ExitCode.USAGE_LINE,
                ExitCode.CONFLICT_LINE,
                ExitCode.UNAVAILABLE_LINE,
                ExitCode.REFUSED_LINE,
                ExitCode.NOT_PERMITTED_LINE,
                ExitCode.INTERRUPTED_LINE
            },
            footer = {
                "  atlas pools move azure-east azure-west 500k --for 2h --reason \"launch\"",
                "  atlas pools move azure-east azure-west 1k --kind requests"
            })
    static final class Move implements Callable<Integer> {
        private final Surroundings surroundings;

        @Mixin
        private Admin admin = new Admin();

        @Mixin
        private Output.Choice format = new Output.Choice();

        @Parameters(index = "0", paramLabel = "FROM", description = "The pool that gives.")
        private String from = "";

        @Parameters(index = "1", paramLabel = "TO", description = "The pool that gets.")
        private String to = "";

        @Parameters(index = "2", paramLabel = "AMOUNT", description = "How much, such as 500k.")
        private String amount = "";

        @Option(
                names = "--kind",
                paramLabel = "KIND",
                description = "tokens, requests, inputTokens or outputTokens (default: tokens).")
        private Optional<String> kind = Optional.empty();

        @Option(names = "--per", paramLabel = "PERIOD", description = "second, minute or hour (default: minute).")
        private Optional<String> per = Optional.empty();

        @Option(names = "--for", paramLabel = "TIME", description = "For how long, such as 2h (default: for good).")
        private Optional<String> life = Optional.empty();

        @Option(names = "--reason", paramLabel = "TEXT", description = "What for: kept with the move.")
        private Optional<String> reason = Optional.empty();

        Move(Surroundings surroundings) {
            this.surroundings = surroundings;
        }

        @Override
        public Integer call() throws InterruptedException {
            Map<String, String> fields = new LinkedHashMap<>();
            fields.put("from", from);
            fields.put("to", to);
            fields.put("amount", amount);
            kind.ifPresent(value -> fields.put("kind", value));
            per.ifPresent(value -> fields.put("per", value));
            life.ifPresent(value -> fields.put("for", value));
            reason.ifPresent(value -> fields.put("reason", value));
            JsonNode move = admin.post(surroundings, "pools/move", fields);
            String said = number(move, "amount") + " " + Text.of(move.path("kind")) + "/" + Text.of(move.path("per"))
                    + " moved from " + Text.of(move.path("from")) + " to " + Text.of(move.path("to"));
            List<String> header = List.of("id", "from", "to", "kind", "per", "amount", "ends_at", "reason");
            format.output()
                    .print(
                            new Answer(
                                    move,
                                    said + "\n",
                                    header,
                                    List.of(header.stream().map(move::path).toList())),
                            surroundings.out());
            return ExitCode.OK;
        }
    }
}
