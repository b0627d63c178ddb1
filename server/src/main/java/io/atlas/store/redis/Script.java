package io.atlas.store.redis;

import io.lettuce.core.ScriptOutputType;
import java.util.Locale;

/** The commands of the store, each one script: a step that is atomic over all its keys. */
enum Script {
    RESERVE(ScriptOutputType.MULTI),
    SETTLE(ScriptOutputType.INTEGER),
    EXTEND(ScriptOutputType.INTEGER),
    EXPIRE(ScriptOutputType.MULTI),
    LOOK(ScriptOutputType.MULTI),
    BECOME(ScriptOutputType.INTEGER),
    CHARGE(ScriptOutputType.INTEGER),
    CONTRIBUTE(ScriptOutputType.INTEGER),
    MEND(ScriptOutputType.MULTI),
    ABANDON(ScriptOutputType.INTEGER),
    LEASE(ScriptOutputType.MULTI),
    TELL(ScriptOutputType.INTEGER);

    private final ScriptOutputType output;

    Script(ScriptOutputType output) {
        this.output = output;
    }

    /** What it replies with. */
    ScriptOutputType output() {
        return output;
    }

    /** The file that it is in. */
    String file() {
        return name().toLowerCase(Locale.ROOT) + ".lua";
    }
}
