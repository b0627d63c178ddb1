package io.atlas.answer;

import io.atlas.kernel.receipt.Remedy;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The way out, as refusals and receipts write it. */
final class RemedyJson {
    private RemedyJson() {}

    /** Writes the property {@code remedies}. */
    static void write(JsonGenerator json, List<Remedy> remedies) {
        json.writeArrayPropertyStart("remedies");
        remedies.forEach(remedy -> write(json, remedy));
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Remedy remedy) {
        json.writeStartObject();
        switch (remedy) {
            case Remedy.Wait wait -> {
                json.writeStringProperty("kind", "wait");
                json.writeNumberProperty("retry_after_ms", wait.retryAfterMillis());
                json.writeStringProperty("at", Rfc3339.of(wait.atMicros()));
            }
            case Remedy.ReduceMaxTokens reduce -> {
                json.writeStringProperty("kind", "reduce_max_tokens");
                json.writeNumberProperty("max_tokens", reduce.maxTokens());
            }
            case Remedy.UseModel use -> {
                json.writeStringProperty("kind", "use_model");
                json.writeStringProperty("model", use.model());
            }
            case Remedy.UpgradeTier upgrade -> {
                json.writeStringProperty("kind", "upgrade_tier");
                json.writeStringProperty("tier", upgrade.tier());
            }
            case Remedy.AskOwner _ -> json.writeStringProperty("kind", "ask_owner");
            case Remedy.FixRequest fix -> {
                json.writeStringProperty("kind", "fix_request");
                json.writeStringProperty("param", fix.param());
            }
        }
        json.writeEndObject();
    }
}
