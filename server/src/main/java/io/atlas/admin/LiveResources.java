package io.atlas.admin;

import io.atlas.answer.LimitJson;
import io.atlas.answer.LimitJson.Outlook;
import io.atlas.answer.Outlooks;
import io.atlas.burn.BurnRates;
import io.atlas.kernel.capacity.Scarce;
import io.atlas.kernel.fair.Crowd;
import io.atlas.kernel.fair.QueueView;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.telemetry.LimitUse;
import io.atlas.telemetry.Totals;
import io.atlas.time.TimeSource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;

/** What goes on at this node at this moment. Nothing of it is made unless somebody asks. It may block. */
public final class LiveResources {
    /** Of all calendar limits that are low. */
    private static final int MAX_LOW = 20;

    private final Sources sources;
    private final TimeSource time;

    /**
     * What answers are made from.
     *
     * @param queues before each backend
     * @param limits how full they are
     * @param rates how fast they are spent
     */
    public record Sources(
            Supplier<Totals> totals,
            Supplier<SortedMap<String, QueueView>> queues,
            Supplier<List<LimitUse>> limits,
            BurnRates rates) {}

    /** A limit of which little is left. */
    private record Low(Limit limit, Level level, Outlook outlook) {
        double left() {
            return (double) level.remaining(limit.spec()) / limit.spec().capacity();
        }
    }

    /** Answers from these. */
    public LiveResources(Sources sources, TimeSource time) {
        this.sources = sources;
        this.time = time;
    }

    /** {@code GET /admin/v1/live}: counts since the start, of which two answers make rates; who waits; what runs low. */
    public Answer live() {
        long now = time.epochMicros();
        List<Low> low = low(now);
        return Answer.ok(Answer.json(json -> {
            json.writeStartObject();
            json.writeStringProperty(
                    "at", Instant.EPOCH.plus(now, ChronoUnit.MICROS).toString());
            write(json, sources.totals.get());
            json.writeArrayPropertyStart("backends");
            sources.queues.get().forEach((backend, queue) -> write(json, backend, queue));
            json.writeEndArray();
            json.writeArrayPropertyStart("low");
            low.stream().limit(MAX_LOW).forEach(one -> LimitJson.write(json, one.limit, one.level, one.outlook));
            json.writeEndArray();
            json.writeNumberProperty("low_left_out", Math.max(0, low.size() - MAX_LOW));
            json.writeEndObject();
        }));
    }

    private List<Low> low(long nowMicros) {
        BiFunction<Limit, Level, Outlook> outlook = Outlooks.by(sources.rates, nowMicros);
        return sources.limits.get().stream()
                .filter(use -> use.limit().spec().calendar())
                .map(use -> new Low(use.limit(), use.level(), outlook.apply(use.limit(), use.level())))
                .filter(one -> one.level.remaining(one.limit.spec()) < one.outlook.lowWater())
                .sorted(Comparator.comparingDouble(Low::left))
                .toList();
    }

    private static void write(JsonGenerator json, Totals totals) {
        json.writeObjectPropertyStart("since_start");
        counts(json, "requests", totals.requests());
        counts(json, "refused", totals.refused());
        json.writeNumberProperty("input_tokens", totals.inputTokens());
        json.writeNumberProperty("output_tokens", totals.outputTokens());
        json.writeEndObject();
    }

    private static void counts(JsonGenerator json, String name, Map<String, Long> counts) {
        json.writeObjectPropertyStart(name);
        counts.forEach(json::writeNumberProperty);
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, String backend, QueueView queue) {
        json.writeStartObject();
        json.writeStringProperty("backend", backend);
        json.writeNumberProperty("open", queue.running());
        json.writeObjectPropertyStart("waiting");
        queue.waiting().forEach((priority, waiting) -> json.writeNumberProperty(priority.toString(), waiting));
        json.writeEndObject();
        LimitJson.text(json, "held_for", queue.heldFor().map(Scarce::word));
        json.writeArrayPropertyStart("crowds");
        queue.crowds().forEach(crowd -> write(json, crowd));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Crowd crowd) {
        json.writeStartObject();
        json.writeStringProperty("tenant", crowd.tenant());
        LimitJson.text(json, "team", Optional.of(crowd.team()).filter(team -> !team.isEmpty()));
        json.writeNumberProperty("priority", crowd.priority());
        json.writeNumberProperty("waiting", crowd.waiting());
        OptionalLong wait = crowd.waitMicros();
        json.writeName("wait_us");
        if (wait.isPresent()) {
            json.writeNumber(wait.getAsLong());
        } else {
            json.writeNull();
        }
        json.writeEndObject();
    }
}
