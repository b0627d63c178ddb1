package io.atlas.kernel.quota;

import java.util.Optional;

/** Whom a declared limit is given to, each for itself, instead of to the place that declares it. */
public enum Each {
    TEAM("team", Scope.TEAM),
    USER("user", Scope.USER),
    KEY("key", Scope.KEY),
    END_USER("endUser", Scope.END_USER);

    /** The user that a key without one counts as. No user has that name. */
    public static final String NO_USER = "-";

    private final String word;
    private final Scope scope;

    Each(String word, Scope scope) {
        this.word = word;
        this.scope = scope;
    }

    /** The word in configuration and in ids: {@code endUser}. */
    public String word() {
        return word;
    }

    /** Whether there can be any below a place of that level. A model has nobody below it: it serves all. */
    public boolean below(Scope declaring) {
        return declaring != Scope.MODEL && scope.compareTo(declaring) > 0;
    }

    /** How a limit's id ends: nothing, or {@code ~EACH}. */
    static String suffix(Optional<Each> each) {
        return each.isPresent() ? "~" + each.orElseThrow().word : "";
    }
}
