package io.atlas.alert.watch;

import io.atlas.alert.Budget;
import io.atlas.alert.Mark;
import io.atlas.answer.LimitJson;
import io.atlas.answer.Rfc3339;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.unit.Period;
import java.io.StringWriter;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What receivers read: a type, a time, and what there is to say. */
public final class AlertJson {
    private static final JsonFactory JSON = new JsonFactory();
    private static final String TEST = "webhook.test";
    private static final double SHARE_DIGITS = 10_000;

    private AlertJson() {}

    /** The type of what is told at that mark. */
    static String type(Mark mark) {
        return switch (mark) {
            case Mark.Share _ -> "budget.threshold_reached";
            case Mark.Forecast _ -> "budget.exhaustion_forecast";
        };
    }

    /** The type of what is sent to see whether it comes. */
    public static String testType() {
        return TEST;
    }

    /** What is sent to see whether it comes. */
    public static String test(String webhook, long atMicros) {
        return event(TEST, atMicros, json -> json.writeStringProperty("webhook", webhook));
    }

    static String reached(Budget budget, Mark mark, long atMicros) {
        return event(type(mark), atMicros, json -> {
            identity(json, budget.limit());
            LimitJson.text(json, "mark", Optional.of(mark.word()));
            fullness(json, budget);
        });
    }

    private static String event(String type, long atMicros, Consumer<JsonGenerator> data) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("type", type);
            json.writeStringProperty("timestamp", Rfc3339.of(atMicros));
            json.writeName("data");
            json.writeStartObject();
            data.accept(json);
            json.writeEndObject();
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void identity(JsonGenerator json, Limit limit) {
        LimitSpec spec = limit.spec();
        json.writeStringProperty("limit", limit.id());
        json.writeStringProperty("scope", limit.place().scope().word());
        LimitJson.text(json, "tenant", limit.place().payer());
        LimitJson.text(
                json, "team", limit.place() instanceof Place.OfTeam of ? Optional.of(of.team()) : Optional.empty());
        LimitJson.text(json, "model", model(limit));
        json.writeStringProperty("kind", spec.kind().word());
        json.writeStringProperty("unit", spec.kind().unit());
        LimitJson.text(json, "per", spec.per().map(Period::word));
        json.writeStringProperty("mode", spec.mode().word());
    }

    private static Optional<String> model(Limit limit) {
        if (limit.place() instanceof Place.OfModel of) {
            return Optional.of(of.model());
        }
        return limit.spec().narrowing() instanceof Narrowing.ToModel to ? Optional.of(to.model()) : Optional.empty();
    }

    private static void fullness(JsonGenerator json, Budget budget) {
        json.writeNumberProperty("amount", budget.limit().spec().capacity());
        json.writeNumberProperty("used", budget.level().used());
        json.writeNumberProperty("share", Math.floor(budget.share() * SHARE_DIGITS) / SHARE_DIGITS);
        json.writeNumberProperty("burn_per_hour", budget.forecast().perHour());
        json.writeName("window");
        json.writeStartObject();
        json.writeStringProperty("from", Rfc3339.of(budget.window().startMicros()));
        json.writeStringProperty("to", Rfc3339.of(budget.window().endMicros()));
        json.writeStringProperty("zone", budget.limit().zone().getId());
        json.writeEndObject();
        json.writeStringProperty("resets_at", Rfc3339.of(budget.window().endMicros()));
        OptionalLong end = budget.forecast().exhaustedAtMicros();
        LimitJson.text(
                json, "exhausted_at", end.isPresent() ? Optional.of(Rfc3339.of(end.getAsLong())) : Optional.empty());
    }
}
