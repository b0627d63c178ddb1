package io.atlas.telemetry;

import io.atlas.kernel.capacity.Room;
import io.atlas.kernel.order.Seat;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What is at each backend and how much may be, by what it can run out of; what nothing is known of is not there. */
final class CapacityGauges {
    private CapacityGauges() {}

    static void register(
            PrometheusRegistry registry,
            Supplier<Map<String, List<Room>>> rooms,
            Supplier<Map<String, Seat.Standing>> standings) {
        GaugeWithCallback.builder()
                .name("atlas_backend_order")
                .help("Who says whose turn it is at a backend that nodes share: 1 for what holds now.")
                .labelNames("backend", "order")
                .callback(gauge -> standings.get().forEach((backend, now) -> {
                    for (Seat.Standing each : Seat.Standing.values()) {
                        gauge.call(each == now ? 1 : 0, backend, each.word());
                    }
                }))
                .register(registry);
        GaugeWithCallback.builder()
                .name("atlas_backend_capacity")
                .help("What a backend may be given at once, as configured and learned.")
                .labelNames("backend", "of")
                .callback(gauge -> rooms.get()
                        .forEach((backend, all) -> all.forEach(room -> room.most()
                                .ifPresent(most -> gauge.call(
                                        (double) most, backend, room.of().word())))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("atlas_backend_capacity_used")
                .help("What a backend was given and is not done with.")
                .labelNames("backend", "of")
                .callback(gauge -> rooms.get()
                        .forEach((backend, all) -> all.forEach(room -> gauge.call(
                                (double) room.used(), backend, room.of().word()))))
                .register(registry);
    }
}
