package io.atlas.telemetry;

import io.atlas.config.Configuration;
import io.atlas.kernel.capacity.Room;
import io.atlas.kernel.order.Seat;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What is asked for instead of told. All may be called from any thread; the last six at every scrape only.
 *
 * @param store the word of the quota store: {@code memory} or {@code redis}
 * @param configuration the one in force, whose names may stand in labels
 * @param limits how full the limits are; of them those of tenants and teams are shown
 * @param ledgerLagRecords finished requests that are not on the disk yet
 * @param storeAway 1 while the quota store cannot be asked and this node gives out its own share, else 0
 * @param queueBounds of each backend's queue, how far any two who wait can be apart: work by weight
 * @param rooms of each backend, what is in use and how much may be
 * @param standings of each backend that nodes share, who says whose turn it is
 * @param dropped how many traces, and lines of the access log, found no room or nobody who took them
 */
public record Sources(
        String store,
        Supplier<Configuration> configuration,
        Supplier<List<LimitUse>> limits,
        LongSupplier ledgerLagRecords,
        LongSupplier storeAway,
        Supplier<Map<String, Double>> queueBounds,
        Supplier<Map<String, List<Room>>> rooms,
        Supplier<Map<String, Seat.Standing>> standings,
        Supplier<Map<String, Long>> dropped) {}
