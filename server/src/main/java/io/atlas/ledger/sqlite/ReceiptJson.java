package io.atlas.ledger.sqlite;

import io.atlas.answer.AskedJson;
import io.atlas.answer.StepJson;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.trace.TraceContext;
import io.atlas.ledger.sql.Text;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/**
 * A receipt as answers show it: the contract's shape of {@code GET /v1/decisions/ID}. Its tenant may read all of it, so
 * that what its tokens cost us is not in it, and stands beside in the ledger.
 */
final class ReceiptJson {
    private ReceiptJson() {}

    /** Writes the receipt, in whatever encoding the generator has. */
    static void write(JsonGenerator json, Receipt receipt) {
        json.writeStartObject();
        json.writeStringProperty("id", receipt.id());
        json.writeStringProperty("at", time(receipt.atMicros()));
        json.writeNumberProperty("duration_us", receipt.durationMicros());
        AskedJson.write(json, receipt.caller(), receipt.asked());
        json.writeStringProperty("outcome", receipt.outcome().word());
        text(json, "reason", receipt.reason().map(Reason::code));
        served(json, receipt.served());
        StepJson.write(json, receipt.steps());
        json.writeObjectPropertyStart("usage");
        StepJson.usage(json, receipt.charge().usage());
        json.writeStringProperty("source", receipt.charge().source().word());
        json.writeEndObject();
        json.writeNumberProperty("cost_nano_usd", receipt.costNanoUsd());
        json.writeNumberProperty("credits", receipt.credits());
        json.writeNumberProperty("refused_cost_nano_usd", receipt.refusedNanoUsd());
        text(json, "price", Text.optional(receipt.price()));
        json.writeStringProperty("configuration", receipt.configuration());
        text(json, "trace_id", receipt.trace().map(TraceContext::traceId));
        json.writeEndObject();
    }

    private static void served(JsonGenerator json, Optional<Served> served) {
        if (served.isEmpty()) {
            json.writeNullProperty("served");
            return;
        }
        json.writeObjectPropertyStart("served");
        json.writeStringProperty("model", served.get().model());
        json.writeStringProperty("backend", served.get().backend());
        json.writeStringProperty("deployment", served.get().deployment());
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String name, Optional<String> value) {
        if (value.isPresent()) {
            json.writeStringProperty(name, value.get());
        } else {
            json.writeNullProperty(name);
        }
    }

    private static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
