package io.atlas.answer;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.receipt.Step.LimitLine;
import io.atlas.kernel.unit.Usage;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import tools.jackson.core.JsonGenerator;

/** The steps of a request's way, as receipts write them. */
public final class StepJson {
    private StepJson() {}

    /** Writes the property {@code steps}. */
    public static void write(JsonGenerator json, List<Step> steps) {
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

    /** The word of a step: {@code reserve}. */
    public static String name(Step step) {
        return switch (step) {
            case Step.Estimated _ -> "estimate";
            case Step.Downgraded _ -> "downgrade";
            case Step.Trimmed _ -> "trim";
            case Step.Clamped _ -> "clamp";
            case Step.Saved _ -> "save";
            case Step.StoodIn _ -> "stand_in";
            case Step.Reserved _ -> "reserve";
            case Step.Shadowed _ -> "shadow";
            case Step.Refused _ -> "refuse";
            case Step.Queued _ -> "queue";
            case Step.Considered _ -> "choose";
            case Step.FellBack _ -> "fallback";
            case Step.Attempted _ -> "attempt";
            case Step.Replayed _ -> "replay";
            case Step.Advised _ -> "advise";
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
            case Step.Shadowed shadowed ->
                limits(
                        json,
                        shadowed.limits().stream().map(Step.Unenforced::limit).toList());
            case Step.Refused refused -> {
                json.writeStringProperty("reason", refused.reason().code());
                limits(json, refused.limits());
            }
            case Step.Queued queued -> queued(json, queued);
            case Step.Considered considered -> candidates(json, considered.candidates());
            case Step.FellBack fellBack -> {
                json.writeStringProperty("from", fellBack.from());
                json.writeStringProperty("to", fellBack.to());
            }
            case Step.Attempted attempted -> attempted(json, attempted);
            case Step.Replayed replayed -> {
                json.writeStringProperty("of", replayed.decision());
                json.writeStringProperty("how", replayed.how().name().toLowerCase(Locale.ROOT));
            }
            case Step.Advised advised -> RemedyJson.write(json, advised.remedies());
            case Step.Settled settled -> {
                usage(json, settled.usage());
                json.writeNumberProperty("cost_nano_usd", settled.nanoUsd());
            }
        }
    }

    private static void queued(JsonGenerator json, Step.Queued queued) {
        json.writeStringProperty("backend", queued.backend());
        json.writeNumberProperty("waited_us", queued.waitedMicros());
        LimitJson.number(json, "place", queued.place() == 0 ? OptionalLong.empty() : OptionalLong.of(queued.place()));
        LimitJson.number(json, "foretold_us", queued.foretoldMicros());
        LimitJson.text(json, "held_for", queued.heldFor());
        LimitJson.text(json, "order", queued.order());
        json.writeStringProperty("ended", queued.end().word());
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

    private static void candidates(JsonGenerator json, List<Step.Candidate> candidates) {
        json.writeArrayPropertyStart("candidates");
        for (Step.Candidate candidate : candidates) {
            json.writeStartObject();
            json.writeStringProperty("deployment", candidate.deployment());
            json.writeStringProperty("standing", candidate.standing());
            json.writeEndObject();
        }
        json.writeEndArray();
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
            LimitJson.text(json, "reason", limit.reason().map(Reason::code));
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    /** Writes what was used, as fields of the object that is open. */
    public static void usage(JsonGenerator json, Usage usage) {
        json.writeNumberProperty("input_tokens", usage.inputTokens());
        json.writeNumberProperty("cached_input_tokens", usage.cachedInputTokens());
        json.writeNumberProperty("output_tokens", usage.outputTokens());
        json.writeNumberProperty("reasoning_tokens", usage.reasoningTokens());
    }
}
