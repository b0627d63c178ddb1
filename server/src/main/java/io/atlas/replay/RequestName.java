package io.atlas.replay;

import io.atlas.kernel.tenant.Caller;

/** By what a request is known again. It never says the same of the requests of two callers. */
public sealed interface RequestName {
    /** The caller has given it a name: the SHA-256 of who he is, the route, and that name. */
    record Keyed(String hex) implements RequestName {}

    /** He has not: its own bytes are what it is known by, see {@link Fingerprints}. */
    record Printed(Caller caller, String route, int bytes, long print) implements RequestName {}
}
