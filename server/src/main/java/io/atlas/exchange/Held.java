package io.atlas.exchange;

import io.atlas.kernel.quota.Reservation;

/** A request whose bound is held on every limit of its path. */
public record Held(Asking asking, Sizes sizes, Reservation reservation) {}
