package io.atlas.terminal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which decisions a command is about: whose, of what, how they ended, and where. */
public final class Which {
    @Mixin
    private Whose whose = new Whose();

    @Option(names = "--model", paramLabel = "NAME", description = "Only those for this model.")
    private Optional<String> model = Optional.empty();

    @Option(names = "--outcome", paramLabel = "WORD", description = "served, refused, failed or aborted.")
    private Optional<String> outcome = Optional.empty();

    @Option(names = "--reason", paramLabel = "CODE", description = "Such as rate_limit_exceeded.")
    private Optional<String> reason = Optional.empty();

    @Option(
            names = "--this-node",
            description = "Only those of the node that is asked (default: all nodes, where they share a PostgreSQL).")
    private boolean thisNode;

    /** The parameters of the question, to which more can be added. */
    public Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>(whose.query());
        model.ifPresent(name -> query.put("model", name));
        outcome.ifPresent(word -> query.put("outcome", word));
        reason.ifPresent(code -> query.put("reason", code));
        if (thisNode) {
            query.put("scope", "node");
        }
        return query;
    }
}
