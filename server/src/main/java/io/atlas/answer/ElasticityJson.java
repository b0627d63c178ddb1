package io.atlas.answer;

import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.elasticity.Schedule;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import java.time.ZoneId;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** From what a limit was changed by the hour or by the load, and why. */
final class ElasticityJson {
    private static final double WHOLE = Schedule.WHOLE_PER_MILLE;

    private ElasticityJson() {}

    /** Writes the properties {@code configured} and {@code adapted}, which are null where the limit never changes. */
    static void write(JsonGenerator json, Limit limit) {
        Optional<Elasticity> elasticity = limit.spec().elasticity();
        if (elasticity.isEmpty()) {
            json.writeNullProperty("configured");
            json.writeNullProperty("adapted");
            return;
        }
        long declared = limit.spec().declared().shownAmount();
        json.writeNumberProperty("configured", declared);
        adapted(json, limit.spec(), elasticity.orElseThrow(), limit.zone());
    }

    private static void adapted(JsonGenerator json, LimitSpec spec, Elasticity how, ZoneId zone) {
        Optional<Schedule.Part> part = how.schedule().flatMap(hours -> hours.at(how.sinceMicros(), zone));
        Optional<String> reason = reason(spec, how, part);
        if (reason.isEmpty() || how.sinceMicros() == 0) {
            json.writeNullProperty("adapted");
            return;
        }
        int perMille = how.perMille(how.sinceMicros(), zone);
        json.writeObjectPropertyStart("adapted");
        json.writeNumberProperty("factor", Math.round(WHOLE * spec.amount() / how.amount()) / WHOLE);
        json.writeStringProperty("reason", reason.orElseThrow());
        Optional<Elasticity.Range> range = how.range(perMille);
        if (range.isPresent()) {
            json.writeNumberProperty("floor", range.orElseThrow().floor());
            json.writeNumberProperty("cap", range.orElseThrow().cap());
        } else {
            json.writeNullProperty("floor");
            json.writeNullProperty("cap");
        }
        json.writeStringProperty("since", Rfc3339.of(how.sinceMicros()));
        json.writeEndObject();
    }

    /** The hour where that is all; the load too, where the amount is not what the hour alone makes of it. */
    private static Optional<String> reason(LimitSpec spec, Elasticity how, Optional<Schedule.Part> part) {
        long byHour = Elasticity.scaled(
                how.amount(), part.map(Schedule.Part::perMille).orElse(Schedule.WHOLE_PER_MILLE));
        Optional<String> hour = part.map(hours -> "schedule " + hours.hours().text());
        if (how.range().isPresent() && spec.amount() != byHour) {
            return Optional.of(hour.map(text -> text + ", load").orElse("load"));
        }
        return hour;
    }
}
