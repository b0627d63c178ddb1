package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Fault;

/** Thrown inside one parse to leave it from any depth; it never leaves the package. */
final class WrongField extends RuntimeException {
    private final transient Fault fault;

    WrongField(String field, String message) {
        this(Fault.ofField(field, message));
    }

    WrongField(Fault fault) {
        super(fault.message(), null, false, false);
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }
}
