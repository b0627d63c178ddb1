package io.atlas.terminal;

import java.io.Serial;

/** The end of a command that could not do what was asked: one line for people, and the exit code for programs. */
public final class Failure extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    private final int exitCode;

    /** A failure that needs no other explanation. */
    public Failure(int exitCode, String message) {
        super(message);
        this.exitCode = exitCode;
    }

    /** A failure that comes from another one. */
    public Failure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** The exit code of the process. */
    public int exitCode() {
        return exitCode;
    }
}
