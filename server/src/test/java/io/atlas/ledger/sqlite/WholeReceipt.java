package io.atlas.ledger.sqlite;

import io.atlas.answer.AskedJson;
import io.atlas.answer.StepJson;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.trace.TraceContext;
import io.atlas.ledger.sql.Text;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.dataformat.smile.SmileFactory;

/** A receipt written as a whole, from itself alone: what is told of its line, and what lines before version 15 have. */
final class WholeReceipt {
    private WholeReceipt() {}

    /** What is told. */
    static String json(Receipt receipt) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            write(json, receipt);
        }
        return text.toString();
    }

    /** What lies in the files of version 14. */
    static byte[] smile(Receipt receipt) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator smile = new SmileFactory().createGenerator(ObjectWriteContext.empty(), bytes)) {
            write(smile, receipt);
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator json, Receipt receipt) {
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
