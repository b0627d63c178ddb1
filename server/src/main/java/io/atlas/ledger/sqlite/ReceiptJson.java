package io.atlas.ledger.sqlite;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.receipt.Step.LimitLine;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.sql.Text;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/** A receipt as answers show it: the contract's shape of {@code GET /v1/decisions/ID}. */
final class ReceiptJson {
    private static final JsonFactory JSON = JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();
    private static final int USUAL_BYTES = 2_048;

    private ReceiptJson() {}

    /** The receipt in UTF-8. */
    static byte[] of(Receipt receipt) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            json.writeStringProperty("id", receipt.id());
            json.writeStringProperty("at", time(receipt.atMicros()));
            json.writeNumberProperty("duration_us", receipt.durationMicros());
            caller(json, receipt.caller());
            asked(json, receipt.asked());
            json.writeStringProperty("outcome", receipt.outcome().word());
            text(json, "reason", receipt.reason().map(Reason::code));
            served(json, receipt.served());
            steps(json, receipt.steps());
            json.writeObjectPropertyStart("usage");
            usage(json, receipt.charge().usage());
            json.writeStringProperty("source", receipt.charge().source().word());
            json.writeEndObject();
            json.writeNumberProperty("cost_nano_usd", receipt.costNanoUsd());
            json.writeNumberProperty("refused_cost_nano_usd", receipt.refusedNanoUsd());
            text(json, "price", Text.optional(receipt.price()));
            json.writeStringProperty("configuration", receipt.configuration());
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    private static void caller(JsonGenerator json, Caller caller) {
        json.writeObjectPropertyStart("caller");
        json.writeStringProperty("tenant", caller.tenant());
        text(json, "team", caller.team());
        text(json, "user", caller.user());
        json.writeStringProperty("key", caller.key());
        text(json, "end_user", caller.endUser());
        json.writeStringProperty("tier", caller.tier());
        json.writeEndObject();
    }

    private static void asked(JsonGenerator json, Asked asked) {
        json.writeObjectPropertyStart("asked");
        json.writeStringProperty("dialect", asked.dialect());
        json.writeStringProperty("route", asked.route());
        text(json, "model", Text.optional(Text.model(asked.model())));
        json.writeBooleanProperty("stream", asked.answering() == Asked.Answering.STREAMED);
        number(json, "max_tokens", asked.maxTokens());
        json.writeObjectPropertyStart("tags");
        asked.tags().values().forEach(json::writeStringProperty);
        json.writeEndObject();
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

    private static void steps(JsonGenerator json, List<Step> steps) {
        json.writeArrayPropertyStart("steps");
        for (Step step : steps) {
            json.writeStartObject();
            json.writeStringProperty("step", name(step));
            json.writeNumberProperty("after_us", step.afterMicros());
            details(json, step);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static String name(Step step) {
        return switch (step) {
            case Step.Estimated _ -> "estimate";
            case Step.Downgraded _ -> "downgrade";
            case Step.Trimmed _ -> "trim";
            case Step.Clamped _ -> "clamp";
            case Step.Saved _ -> "save";
            case Step.StoodIn _ -> "stand_in";
            case Step.Reserved _ -> "reserve";
            case Step.Refused _ -> "refuse";
            case Step.Queued _ -> "queue";
            case Step.Attempted _ -> "attempt";
            case Step.Replayed _ -> "replay";
            case Step.Settled _ -> "settle";
        };
    }

    private static void details(JsonGenerator json, Step step) {
        switch (step) {
            case Step.Estimated estimated -> {
                json.writeNumberProperty("input_tokens", estimated.inputTokens());
                json.writeNumberProperty("output_tokens", estimated.outputTokens());
                json.writeStringProperty("method", estimated.method());
            }
            case Step.Downgraded _, Step.Trimmed _, Step.Clamped _, Step.Saved _, Step.StoodIn _ -> saving(json, step);
            case Step.Reserved reserved -> limits(json, reserved.limits());
            case Step.Refused refused -> {
                json.writeStringProperty("reason", refused.reason().code());
                limits(json, refused.limits());
            }
            case Step.Queued queued -> {
                json.writeStringProperty("backend", queued.backend());
                json.writeNumberProperty("waited_us", queued.waitedMicros());
                number(json, "place", queued.place() == 0 ? OptionalLong.empty() : OptionalLong.of(queued.place()));
                number(json, "foretold_us", queued.foretoldMicros());
                json.writeStringProperty("ended", queued.end().word());
            }
            case Step.Attempted attempted -> attempted(json, attempted);
            case Step.Replayed replayed -> {
                json.writeStringProperty("of", replayed.decision());
                json.writeStringProperty("how", replayed.how().name().toLowerCase(Locale.ROOT));
            }
            case Step.Settled settled -> {
                usage(json, settled.usage());
                json.writeNumberProperty("cost_nano_usd", settled.nanoUsd());
            }
        }
    }

    private static void saving(JsonGenerator json, Step step) {
        switch (step) {
            case Step.Downgraded downgraded -> {
                json.writeStringProperty("from", downgraded.from());
                json.writeStringProperty("to", downgraded.to());
                cause(json, downgraded.cause());
            }
            case Step.Trimmed trimmed -> {
                json.writeNumberProperty("trimmed_tokens", trimmed.tokens());
                cause(json, trimmed.cause());
            }
            case Step.Clamped clamped -> {
                json.writeNumberProperty("from_tokens", clamped.fromTokens());
                json.writeNumberProperty("to_tokens", clamped.toTokens());
                cause(json, clamped.cause());
            }
            case Step.Saved saved -> {
                json.writeStringProperty("by", saved.by());
                json.writeNumberProperty("saved_nano_usd", saved.nanoUsd());
            }
            case Step.StoodIn stoodIn -> {
                json.writeArrayPropertyStart("instead_of");
                stoodIn.instead().forEach(json::writeString);
                json.writeEndArray();
            }
            default -> throw new IllegalArgumentException("step: " + step + " (expected: one that saves)");
        }
    }

    private static void cause(JsonGenerator json, Step.Cause cause) {
        json.writeStringProperty("limit", cause.limit());
        json.writeNumberProperty("remaining", cause.remaining());
        json.writeNumberProperty("low_water", cause.lowWater());
    }

    private static void attempted(JsonGenerator json, Step.Attempted attempted) {
        json.writeStringProperty("deployment", attempted.deployment());
        if (attempted.status() == 0) {
            json.writeNullProperty("status");
        } else {
            json.writeNumberProperty("status", attempted.status());
        }
        json.writeStringProperty("ended", attempted.ended());
    }

    private static void limits(JsonGenerator json, List<LimitLine> limits) {
        json.writeArrayPropertyStart("limits");
        for (LimitLine limit : limits) {
            json.writeStartObject();
            json.writeStringProperty("id", limit.id());
            json.writeNumberProperty("amount", limit.amount());
            json.writeNumberProperty("used_before", limit.usedBefore());
            json.writeNumberProperty("held_before", limit.heldBefore());
            json.writeNumberProperty("taken", limit.taken());
            text(json, "reason", limit.reason().map(Reason::code));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void usage(JsonGenerator json, Usage usage) {
        json.writeNumberProperty("input_tokens", usage.inputTokens());
        json.writeNumberProperty("cached_input_tokens", usage.cachedInputTokens());
        json.writeNumberProperty("output_tokens", usage.outputTokens());
        json.writeNumberProperty("reasoning_tokens", usage.reasoningTokens());
    }

    private static void text(JsonGenerator json, String name, Optional<String> value) {
        if (value.isPresent()) {
            json.writeStringProperty(name, value.get());
        } else {
            json.writeNullProperty(name);
        }
    }

    private static void number(JsonGenerator json, String name, OptionalLong value) {
        if (value.isPresent()) {
            json.writeNumberProperty(name, value.getAsLong());
        } else {
            json.writeNullProperty(name);
        }
    }

    private static String time(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).toString();
    }
}
