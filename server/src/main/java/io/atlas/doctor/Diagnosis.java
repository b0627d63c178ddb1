package io.atlas.doctor;

import java.util.Locale;

/**
 * What was found of one thing.
 *
 * @param check what was looked at: {@code open files}
 * @param says how it is
 * @param advice what to do; empty where it is well
 */
public record Diagnosis(String check, Severity severity, String says, String advice) {
    /** How bad it is. */
    public enum Severity {
        OK,
        /** It works, and may not for long, or not under load. */
        WARN,
        /** Something does not work, or counts wrongly. */
        FAIL;

        /** As answers write it: {@code ok}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** It is well. */
    public static Diagnosis ok(String check, String says) {
        return new Diagnosis(check, Severity.OK, says, "");
    }

    /** It may not go on so. */
    public static Diagnosis warn(String check, String says, String advice) {
        return new Diagnosis(check, Severity.WARN, says, advice);
    }

    /** It is not well. */
    public static Diagnosis fail(String check, String says, String advice) {
        return new Diagnosis(check, Severity.FAIL, says, advice);
    }
}
