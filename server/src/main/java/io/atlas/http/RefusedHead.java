package io.atlas.http;

import io.atlas.dialect.neutral.Fault;

/** Why a head was refused, carried through Netty in its place. */
final class RefusedHead extends Exception {
    private static final long serialVersionUID = 1;

    private final transient Fault fault;

    RefusedHead(Fault fault) {
        super(fault.message(), null, false, false);
        this.fault = fault;
    }

    Fault fault() {
        return fault;
    }
}
