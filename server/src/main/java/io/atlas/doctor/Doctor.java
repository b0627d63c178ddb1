package io.atlas.doctor;

import java.util.List;
import java.util.function.Supplier;

/** Looks at one thing after the other. What cannot be looked at is found to be bad. Blocks. */
public final class Doctor {
    private final List<Check> checks;

    /** A thing that can be looked at. */
    public record Check(String name, Supplier<List<Diagnosis>> look) {}

    /** Looks at these. */
    public Doctor(List<Check> checks) {
        this.checks = List.copyOf(checks);
    }

    /** What is found now. */
    public List<Diagnosis> examine() {
        return checks.stream().flatMap(check -> look(check).stream()).toList();
    }

    private static List<Diagnosis> look(Check check) {
        try {
            return check.look.get();
        } catch (RuntimeException e) {
            return List.of(Diagnosis.fail(check.name, reason(e), "see that it can be reached from this node"));
        }
    }

    private static String reason(RuntimeException e) {
        Throwable cause = e.getCause();
        String of = String.valueOf(e.getMessage());
        return cause == null || cause.getMessage() == null ? of : of + ": " + cause.getMessage();
    }
}
