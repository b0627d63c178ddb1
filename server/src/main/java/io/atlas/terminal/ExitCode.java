package io.atlas.terminal;

/** What a command's exit status says, as {@code sysexits.h} numbers it; each with its line of the help. */
public final class ExitCode {
    public static final int OK = 0;
    public static final int FAILED = 1;
    public static final int FINDINGS = 2;
    public static final int USAGE = 64;
    public static final int INVALID = 65;
    public static final int UNAVAILABLE = 69;
    public static final int REFUSED_FOR_NOW = 75;
    public static final int NOT_PERMITTED = 77;
    public static final int INTERRUPTED = 130;

    public static final String OK_LINE = "0:done";
    public static final String FAILED_LINE = "1:failed";
    public static final String NOT_FOUND_LINE = "1:failed, or there is no such thing";
    public static final String FINDINGS_LINE = "2:valid, but --strict was given and there are warnings";
    public static final String USAGE_LINE = "64:wrong use of the command";
    public static final String INVALID_LINE = "65:the configuration is invalid or cannot be read";
    public static final String CONFLICT_LINE = "65:a name is unknown or taken, or the configuration file owns the key";
    public static final String UNAVAILABLE_LINE = "69:the server cannot be reached";
    public static final String CANNOT_START_LINE = "69:a port or a file it needs is not available";
    public static final String REFUSED_LINE = "75:refused for now, try again later";
    public static final String NOT_PERMITTED_LINE = "77:not permitted: ATLAS_ADMIN_TOKEN is missing or wrong";
    public static final String INTERRUPTED_LINE = "130:interrupted";

    private ExitCode() {}
}
