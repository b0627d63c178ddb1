package io.atlas.cli;

/** What a command's exit status says, as {@code sysexits.h} numbers it; each with its line of the help. */
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int FINDINGS = 2;
    static final int USAGE = 64;
    static final int INVALID = 65;
    static final int UNAVAILABLE = 69;
    static final int REFUSED_FOR_NOW = 75;
    static final int NOT_PERMITTED = 77;
    static final int INTERRUPTED = 130;

    static final String OK_LINE = "0:done";
    static final String FAILED_LINE = "1:failed";
    static final String NOT_FOUND_LINE = "1:failed, or there is no such thing";
    static final String FINDINGS_LINE = "2:valid, but --strict was given and there are warnings";
    static final String USAGE_LINE = "64:wrong use of the command";
    static final String INVALID_LINE = "65:the configuration is invalid or cannot be read";
    static final String UNAVAILABLE_LINE = "69:the server cannot be reached";
    static final String CANNOT_START_LINE = "69:a port or a file it needs is not available";
    static final String REFUSED_LINE = "75:refused for now, try again later";
    static final String NOT_PERMITTED_LINE = "77:not permitted: ATLAS_ADMIN_TOKEN is missing or wrong";
    static final String INTERRUPTED_LINE = "130:interrupted";

    private ExitCode() {}
}
