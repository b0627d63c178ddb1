package io.atlas.app;

/** Something that Atlas needs is not to be had: a port, a folder, a file. The message says what, in one line. */
public final class StartException extends RuntimeException {
    /** A reason for people, and the cause for those who look further. */
    public StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
