package io.atlas.alert;

import io.atlas.alert.Delivery.State;
import java.util.Optional;

/**
 * Which deliveries are asked for, the newest first.
 *
 * @param before the number of the last one that is known already
 * @param most that an answer has
 */
public record DeliveryQuery(Optional<String> webhook, Optional<State> state, Optional<Long> before, int most) {}
