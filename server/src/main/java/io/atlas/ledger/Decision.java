package io.atlas.ledger;

import java.util.Optional;

/**
 * A stored receipt.
 *
 * @param tenant with {@code team} and {@code key}, whose it is
 * @param json the receipt in the shape of the contract, as its tenant may read it
 * @param providerCostNanoUsd what its tokens cost us, which only operators are told
 */
public record Decision(String tenant, Optional<String> team, String key, String json, long providerCostNanoUsd) {}
