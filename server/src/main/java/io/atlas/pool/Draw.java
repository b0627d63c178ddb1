package io.atlas.pool;

import io.atlas.kernel.pool.Learned;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Reservation;
import io.atlas.model.Pool;
import java.util.Optional;

/**
 * What one attempt holds of an upstream quota.
 *
 * @param held of its limits, where it has any
 * @param mark how much of it this node had taken by then
 */
public record Draw(Pool pool, Demand demand, Optional<Reservation> held, Learned.Mark mark) {}
