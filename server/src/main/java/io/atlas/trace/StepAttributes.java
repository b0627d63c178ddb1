package io.atlas.trace;

import io.atlas.kernel.receipt.Step;
import io.atlas.trace.SpanBytes.Name;
import java.util.Locale;

/** What is said of a step that is no attempt: its figures, by the names that they have in the receipt. */
final class StepAttributes {
    private static final Name INPUT_TOKENS = Name.of("atlas.input_tokens");
    private static final Name OUTPUT_TOKENS = Name.of("atlas.output_tokens");
    private static final Name METHOD = Name.of("atlas.method");
    private static final Name TRIMMED_TOKENS = Name.of("atlas.trimmed_tokens");
    private static final Name FROM_TOKENS = Name.of("atlas.from_tokens");
    private static final Name TO_TOKENS = Name.of("atlas.to_tokens");
    private static final Name LIMITS = Name.of("atlas.limits");
    private static final Name ERROR_TYPE = Name.of("error.type");
    private static final Name BACKEND = Name.of("atlas.backend");
    private static final Name WAITED_US = Name.of("atlas.waited_us");
    private static final Name PLACE = Name.of("atlas.place");
    private static final Name ENDED = Name.of("atlas.ended");
    private static final Name ORDER = Name.of("atlas.order");
    private static final Name CANDIDATES = Name.of("atlas.candidates");
    private static final Name OF = Name.of("atlas.of");
    private static final Name HOW = Name.of("atlas.how");
    private static final Name BY = Name.of("atlas.by");
    private static final Name SAVED_NANO_USD = Name.of("atlas.saved_nano_usd");
    private static final Name COST_NANO_USD = Name.of("atlas.cost_nano_usd");
    private static final Name FROM = Name.of("atlas.from");
    private static final Name TO = Name.of("atlas.to");

    private StepAttributes() {}

    /** Says it. */
    static void describe(Step step, SpanBytes told) {
        switch (step) {
            case Step.Estimated estimated ->
                told.put(INPUT_TOKENS, estimated.inputTokens())
                        .put(OUTPUT_TOKENS, estimated.outputTokens())
                        .put(METHOD, estimated.method());
            case Step.Downgraded downgraded -> move(downgraded.from(), downgraded.to(), told);
            case Step.FellBack fellBack -> move(fellBack.from(), fellBack.to(), told);
            case Step.Trimmed trimmed -> told.put(TRIMMED_TOKENS, trimmed.tokens());
            case Step.Clamped clamped ->
                told.put(FROM_TOKENS, clamped.fromTokens()).put(TO_TOKENS, clamped.toTokens());
            case Step.Reserved reserved -> told.put(LIMITS, reserved.limits().size());
            case Step.Shadowed shadowed -> told.put(LIMITS, shadowed.limits().size());
            case Step.Refused refused -> told.put(ERROR_TYPE, refused.reason().code());
            case Step.Queued queued -> {
                told.put(BACKEND, queued.backend())
                        .put(WAITED_US, queued.waitedMicros())
                        .put(PLACE, queued.place())
                        .put(ENDED, queued.end().word());
                queued.order().ifPresent(order -> told.put(ORDER, order));
            }
            case Step.Considered considered ->
                told.put(CANDIDATES, considered.candidates().size());
            case Step.Replayed replayed ->
                told.put(OF, replayed.decision()).put(HOW, replayed.how().name().toLowerCase(Locale.ROOT));
            case Step.Saved saved -> told.put(BY, saved.by()).put(SAVED_NANO_USD, saved.nanoUsd());
            case Step.Settled settled ->
                told.put(INPUT_TOKENS, settled.usage().inputTokens())
                        .put(OUTPUT_TOKENS, settled.usage().outputTokens())
                        .put(COST_NANO_USD, settled.nanoUsd());
            case Step.StoodIn _, Step.Advised _, Step.Attempted _ -> {
                // Their names say it, or the conventions do.
            }
        }
    }

    private static void move(String from, String to, SpanBytes told) {
        told.put(FROM, from).put(TO, to);
    }
}
