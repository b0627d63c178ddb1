package io.atlas.report;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.trace.TraceContext;
import io.atlas.kernel.unit.Usage;
import io.atlas.telemetry.Finished.Timings;
import java.io.StringWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A request as the access log has it: one JSON object. The key stands in it by its name, and nobody by his; of what was
 * asked and answered it has the numbers alone.
 */
final class AccessLine {
    private static final JsonFactory JSON = new JsonFactory();
    private static final int USUAL_CHARS = 640;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int OK = 200;

    private AccessLine() {}

    /** The line, without its end. */
    static String of(Receipt receipt, Timings timings) {
        StringWriter line = new StringWriter(USUAL_CHARS);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
            json.writeStartObject();
            json.writeStringProperty("time", time(receipt.atMicros()));
            json.writeStringProperty("decision", receipt.id());
            who(json, receipt);
            ending(json, receipt);
            usage(json, receipt);
            times(json, timings);
            text(json, "trace_id", receipt.trace().map(TraceContext::traceId));
            json.writeEndObject();
        }
        return line.toString();
    }

    private static void who(JsonGenerator json, Receipt receipt) {
        json.writeStringProperty("tenant", receipt.caller().tenant());
        text(json, "team", receipt.caller().team());
        json.writeStringProperty("key", receipt.caller().key());
        json.writeStringProperty("tier", receipt.caller().tier());
        json.writeStringProperty("route", receipt.asked().route());
        text(json, "model", Optional.of(receipt.asked().writableModel()).filter(model -> !model.isEmpty()));
        text(json, "served_model", receipt.served().map(Served::model));
        text(json, "backend", receipt.served().map(Served::backend));
    }

    private static void ending(JsonGenerator json, Receipt receipt) {
        json.writeStringProperty("outcome", receipt.outcome().word());
        text(json, "reason", receipt.reason().map(Reason::code));
        json.writeNumberProperty("status", receipt.reason().map(Reason::status).orElse(OK));
    }

    private static void usage(JsonGenerator json, Receipt receipt) {
        Usage usage = receipt.charge().usage();
        json.writeNumberProperty("input_tokens", usage.inputTokens());
        json.writeNumberProperty("cached_input_tokens", usage.cachedInputTokens());
        json.writeNumberProperty("output_tokens", usage.outputTokens());
        json.writeNumberProperty("reasoning_tokens", usage.reasoningTokens());
        json.writeNumberProperty("cost_nano_usd", receipt.costNanoUsd());
    }

    private static void times(JsonGenerator json, Timings timings) {
        json.writeNumberProperty("queue_ms", timings.queued() / NANOS_PER_MILLI);
        if (timings.firstToken() > 0) {
            json.writeNumberProperty("ttft_ms", timings.firstToken() / NANOS_PER_MILLI);
        } else {
            json.writeNullProperty("ttft_ms");
        }
        json.writeNumberProperty("duration_ms", timings.total() / NANOS_PER_MILLI);
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
