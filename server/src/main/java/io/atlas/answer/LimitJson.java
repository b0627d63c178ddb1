package io.atlas.answer;

import io.atlas.kernel.forecast.Forecast;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.unit.Period;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;

/** A limit and how full it is, as answers write it. */
public final class LimitJson {
    private LimitJson() {}

    /**
     * What is foretold of a limit.
     *
     * @param lowWater what is left of it when saving begins
     * @param forecast absent where it does not follow the calendar
     */
    public record Outlook(long lowWater, Optional<Forecast> forecast) {}

    /** Writes the limit as {@code GET /v1/quota} lists it. */
    public static void write(JsonGenerator json, Limit limit, Level level, Outlook outlook) {
        json.writeStartObject();
        fields(json, limit, level, outlook);
        json.writeEndObject();
    }

    /** Writes the same as fields of the object that is open. */
    static void fields(JsonGenerator json, Limit limit, Level level, Outlook outlook) {
        LimitSpec spec = limit.spec();
        identity(json, limit);
        json.writeStringProperty("from", limit.from());
        text(
                json,
                "model",
                spec.narrowing() instanceof Narrowing.ToModel to ? Optional.of(to.model()) : Optional.empty());
        text(
                json,
                "class",
                spec.narrowing() instanceof Narrowing.ToClass to ? Optional.of(to.modelClass()) : Optional.empty());
        fullness(json, limit, level);
        json.writeNumberProperty("debt", level.debt(spec));
        json.writeNumberProperty("low_water", outlook.lowWater);
        json.writeBooleanProperty("low", level.remaining(spec) < outlook.lowWater);
        foretold(json, outlook.forecast);
        ElasticityJson.write(json, limit);
    }

    private static void foretold(JsonGenerator json, Optional<Forecast> forecast) {
        if (forecast.isPresent()) {
            json.writeNumberProperty("burn_per_hour", forecast.get().perHour());
        } else {
            json.writeNullProperty("burn_per_hour");
        }
        OptionalLong end = forecast.map(Forecast::exhaustedAtMicros).orElse(OptionalLong.empty());
        text(json, "exhausted_at", end.isPresent() ? Optional.of(Rfc3339.of(end.getAsLong())) : Optional.empty());
    }

    /** Writes the limit as a refusal names it. */
    public static void writeShort(JsonGenerator json, Limit limit, Level level) {
        json.writeStartObject();
        identity(json, limit);
        fullness(json, limit, level);
        json.writeEndObject();
    }

    private static void identity(JsonGenerator json, Limit limit) {
        LimitSpec spec = limit.spec();
        json.writeStringProperty("id", limit.id());
        json.writeStringProperty("scope", limit.place().scope().word());
        json.writeStringProperty("kind", spec.kind().word());
        json.writeStringProperty("unit", spec.kind().unit());
        json.writeNumberProperty("amount", spec.shownAmount());
        text(json, "per", spec.per().map(Period::word));
        json.writeStringProperty("mode", spec.mode().word());
    }

    private static void fullness(JsonGenerator json, Limit limit, Level level) {
        json.writeNumberProperty("used", level.used());
        json.writeNumberProperty("held", level.held());
        json.writeNumberProperty("remaining", level.remaining(limit.spec()));
        text(
                json,
                "resets_at",
                limit.spec().per().isPresent() ? Optional.of(Rfc3339.of(level.resetsAtMicros())) : Optional.empty());
    }

    /** Writes a number, or null where there is none. */
    static void number(JsonGenerator json, String name, OptionalLong number) {
        json.writeName(name);
        if (number.isPresent()) {
            json.writeNumber(number.getAsLong());
        } else {
            json.writeNull();
        }
    }

    /** Writes a text, or null where there is none. */
    public static void text(JsonGenerator json, String name, Optional<String> text) {
        json.writeName(name);
        text.ifPresentOrElse(json::writeString, json::writeNull);
    }
}
