package io.atlas.ledger;

import io.atlas.kernel.tenant.Caller;

/** An end user on one of his tiers, and until when the ledger has lines of him, to the day. */
public record Seen(Caller caller, long untilMicros) {}
