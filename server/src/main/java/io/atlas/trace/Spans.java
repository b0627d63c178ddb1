package io.atlas.trace;

import io.atlas.answer.StepJson;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.trace.TraceContext;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The spans of a request, made of its receipt: one for the whole of it, and below it one for each step, from the end of
 * the step before to its own. Nothing is measured twice. Owned by one thread.
 */
final class Spans {
    private final Conventions conventions;
    private final Ids ids = new Ids();
    private final List<SpanData> made = new ArrayList<>();
    private final Tracer tracer;

    /**
     * A maker of spans.
     *
     * @param node the name of this node
     */
    Spans(Conventions conventions, String node) {
        this.conventions = conventions;
        Attributes self = Attributes.builder()
                .put("service.name", "atlas")
                .put("service.instance.id", node)
                .build();
        this.tracer = SdkTracerProvider.builder()
                .setResource(Resource.create(self))
                .setSampler(Sampler.alwaysOn())
                .setIdGenerator(ids)
                .addSpanProcessor(new Collecting())
                .build()
                .get("io.atlas");
    }

    /** The spans of those requests, each first the whole and then its steps. */
    List<SpanData> of(List<Receipt> receipts) {
        for (Receipt receipt : receipts) {
            receipt.trace().ifPresent(trace -> make(receipt, trace));
        }
        List<SpanData> spans = List.copyOf(made);
        made.clear();
        return spans;
    }

    private void make(Receipt receipt, TraceContext trace) {
        AttributesBuilder told = Attributes.builder();
        conventions.describe(receipt, told);
        SpanBuilder builder = tracer.spanBuilder(conventions.name(receipt)).setSpanKind(SpanKind.SERVER);
        Span whole = begin(below(builder, trace, trace.parentId()), trace, trace.spanId(), receipt.atMicros(), told);
        if (conventions.failed(receipt)) {
            whole.setStatus(StatusCode.ERROR);
        }
        whole.end(receipt.atMicros() + receipt.durationMicros(), TimeUnit.MICROSECONDS);
        long fromMicros = 0;
        int attempts = 0;
        for (int i = 0; i < receipt.steps().size(); i++) {
            Step step = receipt.steps().get(i);
            attempts += step instanceof Step.Attempted ? 1 : 0;
            long id = step instanceof Step.Attempted ? trace.attempt(attempts) : trace.step(i);
            step(receipt, trace, step, id, fromMicros);
            fromMicros = Math.max(fromMicros, step.afterMicros());
        }
    }

    private void step(Receipt receipt, TraceContext trace, Step step, long id, long fromMicros) {
        AttributesBuilder told = Attributes.builder().put("atlas.step", StepJson.name(step));
        SpanBuilder builder = tracer.spanBuilder(StepJson.name(step));
        StatusCode status = StatusCode.UNSET;
        if (step instanceof Step.Attempted attempt) {
            conventions.describe(receipt, attempt, told);
            builder.setSpanKind(SpanKind.CLIENT);
            status = conventions.broken(attempt) ? StatusCode.ERROR : StatusCode.UNSET;
        } else {
            StepAttributes.describe(step, told);
        }
        long begun = receipt.atMicros() + fromMicros;
        Span span = begin(below(builder, trace, trace.spanId()), trace, id, begun, told);
        if (status == StatusCode.ERROR) {
            span.setStatus(status);
        }
        span.end(receipt.atMicros() + Math.max(fromMicros, step.afterMicros()), TimeUnit.MICROSECONDS);
    }

    private static SpanBuilder below(SpanBuilder builder, TraceContext trace, long parentId) {
        if (parentId == 0) {
            return builder.setNoParent();
        }
        SpanContext parent = SpanContext.createFromRemoteParent(
                trace.traceId(), TraceContext.hex(parentId), TraceFlags.getSampled(), TraceState.getDefault());
        return builder.setParent(Context.root().with(Span.wrap(parent)));
    }

    private Span begin(SpanBuilder builder, TraceContext trace, long id, long atMicros, AttributesBuilder told) {
        ids.traceId = trace.traceId();
        ids.spanId = TraceContext.hex(id);
        return builder.setStartTimestamp(atMicros, TimeUnit.MICROSECONDS)
                .setAllAttributes(told.build())
                .startSpan();
    }

    /** The ids of the next span, which are known before it. */
    private static final class Ids implements IdGenerator {
        private String traceId = "";
        private String spanId = "";

        @Override
        public String generateTraceId() {
            return traceId;
        }

        @Override
        public String generateSpanId() {
            return spanId;
        }
    }

    private final class Collecting implements SpanProcessor {
        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
            // All is said before it starts.
        }

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            made.add(span.toSpanData());
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }
}
