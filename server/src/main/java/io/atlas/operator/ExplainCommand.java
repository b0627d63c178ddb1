package io.atlas.operator;

import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Failure;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Whose;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code atlas explain}. */
@Command(
        name = "explain",
        description = {
            "Tells the story of one request, served or not: who asked for what, each limit as it stood, the waiting,"
                    + " each attempt, what was used and what it cost; for a refusal why, and what was missing.",
            "",
            "The id is in the answer's header x-atlas-decision, and in error.atlas.decision of a refusal. Without one,"
                    + " --last tells the newest refusal of a tenant, team or key."
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
            "  atlas explain req_019aa4c07d2c7f4ea2d1c5b7f3e08d11",
            "  atlas explain --key ci --last",
            "  atlas explain req_019aa4c07d2c7f4ea2d1c5b7f3e08d11 --output json"
        })
final class ExplainCommand implements Callable<Integer> {
    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @ArgGroup(multiplicity = "1")
    private Which which = new Which();

    @Mixin
    private Whose whose = new Whose();

    ExplainCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The one that is told. */
    private static final class Which {
        @Parameters(paramLabel = "ID", description = "Id of the decision.")
        private String id = "";

        @Option(names = "--last", required = true, description = "The newest refusal of the last 31 days.")
        private boolean last;
    }

    @Override
    public Integer call() throws InterruptedException {
        Map<String, String> filter = whose.query();
        if (!which.last && !filter.isEmpty()) {
            throw new Failure(
                    ExitCode.USAGE,
                    "ID: beside --" + String.join(", --", filter.keySet()) + " (expected: one of the two)");
        }
        String id = which.last ? newestRefusal(filter) : which.id;
        JsonNode decision = admin.get(surroundings, "decisions/" + Admin.part(id), Map.of());
        format.output().print(Answer.single(decision, Story.of(decision)), surroundings.out());
        return ExitCode.OK;
    }

    private String newestRefusal(Map<String, String> filter) throws InterruptedException {
        Map<String, String> query = new LinkedHashMap<>(filter);
        query.putAll(Map.of("outcome", "refused", "since", "31d", "limit", "1"));
        JsonNode newest =
                admin.get(surroundings, "decisions", query).path("rows").path(0).path("id");
        if (!newest.isString()) {
            throw new Failure(ExitCode.FAILED, "not found: no refusal in the last 31 days");
        }
        return newest.stringValue();
    }
}
