package io.atlas.answer;

import io.atlas.dialect.wire.Json;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.tenant.Caller;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import tools.jackson.core.JsonGenerator;

/** The answer to {@code GET /v1/quota}. */
public final class QuotaJson {
    private QuotaJson() {}

    /**
     * The answer.
     *
     * @param outlook what is foretold of a limit that is that full
     */
    public static byte[] of(
            Caller caller,
            List<Limit> limits,
            List<Level> levels,
            BiFunction<Limit, Level, LimitJson.Outlook> outlook,
            long atMicros) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);
        try (JsonGenerator json = Json.writer(out)) {
            json.writeStartObject();
            json.writeStringProperty("at", Rfc3339.of(atMicros));
            json.writeStringProperty("tenant", caller.tenant());
            LimitJson.text(json, "team", caller.team());
            LimitJson.text(json, "user", caller.user());
            LimitJson.text(json, "key", Optional.of(caller.key()));
            LimitJson.text(json, "end_user", caller.endUser());
            json.writeStringProperty("tier", caller.tier());
            json.writeName("limits");
            json.writeStartArray();
            for (int i = 0; i < limits.size(); i++) {
                LimitJson.write(json, limits.get(i), levels.get(i), outlook.apply(limits.get(i), levels.get(i)));
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out.toByteArray();
    }
}
