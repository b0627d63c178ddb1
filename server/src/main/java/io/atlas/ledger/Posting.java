package io.atlas.ledger;

import io.atlas.kernel.quota.Limit;

/** An amount, in the unit of the limit's kind, that the ledger holds against a limit. */
public record Posting(Limit limit, long amount, long atMicros) {}
