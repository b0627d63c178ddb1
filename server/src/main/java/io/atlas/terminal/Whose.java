package io.atlas.terminal;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whose decisions a command is about. */
public final class Whose {
    @Option(names = "--tenant", paramLabel = "NAME", description = "Only this tenant's.")
    private Optional<String> tenant = Optional.empty();

    @Option(names = "--team", paramLabel = "NAME", description = "Only those of teams of this name.")
    private Optional<String> team = Optional.empty();

    @Option(names = "--key", paramLabel = "NAME", description = "Only those of keys of this name, never their secret.")
    private Optional<String> key = Optional.empty();

    /** The parameters of the question. */
    public Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        tenant.ifPresent(name -> query.put("tenant", name));
        team.ifPresent(name -> query.put("team", name));
        key.ifPresent(name -> query.put("key", name));
        return query;
    }
}
