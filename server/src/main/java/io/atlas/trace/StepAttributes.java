package io.atlas.trace;

import io.atlas.kernel.receipt.Step;
import io.opentelemetry.api.common.AttributesBuilder;
import java.util.Locale;

/** What is said of a step that is no attempt: its figures, by the names that they have in the receipt. */
final class StepAttributes {
    private StepAttributes() {}

    /** Says it. */
    static void describe(Step step, AttributesBuilder told) {
        switch (step) {
            case Step.Estimated estimated ->
                told.put("atlas.input_tokens", estimated.inputTokens())
                        .put("atlas.output_tokens", estimated.outputTokens())
                        .put("atlas.method", estimated.method());
            case Step.Downgraded downgraded -> move(downgraded.from(), downgraded.to(), told);
            case Step.FellBack fellBack -> move(fellBack.from(), fellBack.to(), told);
            case Step.Trimmed trimmed -> told.put("atlas.trimmed_tokens", trimmed.tokens());
            case Step.Clamped clamped ->
                told.put("atlas.from_tokens", clamped.fromTokens()).put("atlas.to_tokens", clamped.toTokens());
            case Step.Reserved reserved ->
                told.put("atlas.limits", reserved.limits().size());
            case Step.Shadowed shadowed ->
                told.put("atlas.limits", shadowed.limits().size());
            case Step.Refused refused -> told.put("error.type", refused.reason().code());
            case Step.Queued queued -> {
                told.put("atlas.backend", queued.backend())
                        .put("atlas.waited_us", queued.waitedMicros())
                        .put("atlas.place", queued.place())
                        .put("atlas.ended", queued.end().word());
                queued.order().ifPresent(order -> told.put("atlas.order", order));
            }
            case Step.Considered considered ->
                told.put("atlas.candidates", considered.candidates().size());
            case Step.Replayed replayed ->
                told.put("atlas.of", replayed.decision())
                        .put("atlas.how", replayed.how().name().toLowerCase(Locale.ROOT));
            case Step.Saved saved -> told.put("atlas.by", saved.by()).put("atlas.saved_nano_usd", saved.nanoUsd());
            case Step.Settled settled ->
                told.put("atlas.input_tokens", settled.usage().inputTokens())
                        .put("atlas.output_tokens", settled.usage().outputTokens())
                        .put("atlas.cost_nano_usd", settled.nanoUsd());
            case Step.StoodIn _, Step.Advised _, Step.Attempted _ -> {
                // Their names say it, or the conventions do.
            }
        }
    }

    private static void move(String from, String to, AttributesBuilder told) {
        told.put("atlas.from", from).put("atlas.to", to);
    }
}
