package io.atlas.trace;

import io.atlas.answer.StepJson;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.trace.TraceContext;
import io.atlas.trace.SpanBytes.Kind;
import io.atlas.trace.SpanBytes.Name;
import java.util.List;

/**
 * The spans of a request, made of its receipt: one for the whole of it, and below it one for each step, from the end of
 * the step before to its own. Nothing is measured twice. Owned by one thread.
 */
final class Spans {
    private static final Name STEP = Name.of("atlas.step");

    private final Conventions conventions;
    private final SpanBytes spans = new SpanBytes();

    /** A maker of spans. */
    Spans(Conventions conventions) {
        this.conventions = conventions;
    }

    /** The spans of those requests, each first the whole and then its steps; good until the next are made. */
    Protobuf of(List<Receipt> receipts) {
        spans.clear();
        for (Receipt receipt : receipts) {
            receipt.trace().ifPresent(trace -> make(receipt, trace));
        }
        return spans.all();
    }

    private void make(Receipt receipt, TraceContext trace) {
        whole(receipt, trace);
        long fromMicros = 0;
        int attempts = 0;
        for (int i = 0; i < receipt.steps().size(); i++) {
            Step step = receipt.steps().get(i);
            if (step instanceof Step.Attempted attempt) {
                attempts++;
                part(trace, trace.attempt(attempts), step, Kind.CLIENT);
                conventions.describe(receipt, attempt, spans);
            } else {
                part(trace, trace.step(i), step, Kind.INTERNAL);
                StepAttributes.describe(step, spans);
            }
            long toMicros = Math.max(fromMicros, step.afterMicros());
            spans.lasted(receipt.atMicros() + fromMicros, receipt.atMicros() + toMicros)
                    .end();
            fromMicros = toMicros;
        }
    }

    private void whole(Receipt receipt, TraceContext trace) {
        spans.begin(trace, trace.spanId(), conventions.name(receipt), Kind.SERVER)
                .calledBy(trace.parentId());
        conventions.describe(receipt, spans);
        spans.lasted(receipt.atMicros(), receipt.atMicros() + receipt.durationMicros())
                .end();
    }

    private void part(TraceContext trace, long id, Step step, Kind kind) {
        String name = StepJson.name(step);
        spans.begin(trace, id, name, kind).partOf(trace.spanId()).put(STEP, name);
    }
}
