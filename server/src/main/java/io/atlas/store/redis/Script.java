package io.atlas.store.redis;

import io.lettuce.core.ScriptOutputType;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The commands of the store, each one script: a step that is atomic over all its keys. In front of its own text stand the
 * parts that it needs, and no others: the server makes each of their functions anew for every call.
 */
enum Script {
    RESERVE(ScriptOutputType.MULTI, "meters save hold"),
    SETTLE(ScriptOutputType.INTEGER, "meters save end"),
    EXTEND(ScriptOutputType.INTEGER, "meters save end"),
    EXPIRE(ScriptOutputType.MULTI, "meters save end"),
    LOOK(ScriptOutputType.MULTI, "meters"),
    BECOME(ScriptOutputType.INTEGER, "meters save"),
    CHARGE(ScriptOutputType.INTEGER, "meters save"),
    CONTRIBUTE(ScriptOutputType.INTEGER, "meters save"),
    MEND(ScriptOutputType.MULTI, "meters save"),
    ABANDON(ScriptOutputType.INTEGER, "meters save end"),
    LEASE(ScriptOutputType.MULTI, "meters save hold"),
    TELL(ScriptOutputType.INTEGER, "meters save end");

    private final ScriptOutputType output;
    private final String parts;

    Script(ScriptOutputType output, String parts) {
        this.output = output;
        this.parts = parts;
    }

    /** What it replies with. */
    ScriptOutputType output() {
        return output;
    }

    /** The files that it is made of, in that order. */
    Stream<String> files() {
        return Stream.of((parts + " " + name().toLowerCase(Locale.ROOT)).split(" ", -1))
                .map(part -> part + ".lua");
    }
}
