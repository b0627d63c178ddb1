package io.atlas.config;

import java.util.Optional;

/** A key that was issued while the gateway runs, and the place it sits in. Its owner is the ledger's database, not the file. */
public record IssuedKey(String tenant, Optional<String> team, Key key) {}
