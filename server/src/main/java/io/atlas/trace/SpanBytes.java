package io.atlas.trace;

import io.atlas.kernel.trace.TraceContext;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Spans as OTLP has them, one after the other, each the field {@code spans} of {@code ScopeSpans}. They are written at once
 * from what is known of a request: objects between the two cost more than all the rest of a trace. Owned by one thread.
 *
 * @see <a href="https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/trace/v1/trace.proto">
 *     trace.proto of opentelemetry-proto 1.9.0, which has the numbers</a>
 */
final class SpanBytes {
    private static final int FIRST_BYTES = 1 << 16;

    /** Of {@code ScopeSpans}. */
    private static final int SPANS = 2;

    private static final int TRACE_ID = 1;
    private static final int SPAN_ID = 2;
    private static final int PARENT_SPAN_ID = 4;
    private static final int NAME = 5;
    private static final int KIND = 6;
    private static final int START = 7;
    private static final int END = 8;
    private static final int ATTRIBUTES = 9;
    private static final int STATUS = 15;
    private static final int FLAGS = 16;

    /** Of {@code KeyValue}. */
    private static final int KEY = 1;

    private static final int VALUE = 2;

    /** Of {@code AnyValue}. */
    private static final int STRING = 1;

    private static final int BOOL = 2;
    private static final int INT = 3;
    private static final int DOUBLE = 4;

    /** The field {@code code} of {@code Status}, with the value for an error. */
    private static final byte[] ERROR = Protobuf.number(3, 2);

    private static final int SAMPLED = 0x01;
    private static final int PARENT_IS_KNOWN = 0x100;
    private static final int PARENT_IS_REMOTE = 0x200;
    private static final long NANOS_PER_MICRO = 1_000;

    private static final int ID_DIGITS = 16;

    private final Protobuf spans = new Protobuf(FIRST_BYTES);
    private int begun;

    /** What a span is a span of, numbered as in OTLP. */
    enum Kind {
        INTERNAL(1),
        SERVER(2),
        CLIENT(3);

        private final int number;

        Kind(int number) {
            this.number = number;
        }
    }

    /** The name of an attribute, put into bytes once. */
    static final class Name {
        private final byte[] key;

        private Name(String name) {
            key = Protobuf.text(KEY, name);
        }

        /** The name as the conventions have it. */
        static Name of(String name) {
            return new Name(name);
        }
    }

    /** Forgets all. */
    void clear() {
        spans.clear();
    }

    /** All spans so far. */
    Protobuf all() {
        return spans;
    }

    /** Begins one; what is said until its {@link #end} is said of it. */
    SpanBytes begin(TraceContext trace, long spanId, String name, Kind kind) {
        begun = spans.begin(SPANS);
        spans.counted(TRACE_ID, 2 * Long.BYTES);
        spans.big(HexFormat.fromHexDigitsToLong(trace.traceId(), 0, ID_DIGITS));
        spans.big(HexFormat.fromHexDigitsToLong(trace.traceId(), ID_DIGITS, 2 * ID_DIGITS));
        spans.counted(SPAN_ID, Long.BYTES);
        spans.big(spanId);
        spans.put(NAME, name);
        spans.put(KIND, kind.number);
        return this;
    }

    /** It is a part of that span, which is of this process. */
    SpanBytes partOf(long parentId) {
        return parent(parentId, 0);
    }

    /** It follows from that span of its caller; from none where that is 0. */
    SpanBytes calledBy(long parentId) {
        return parentId == 0 ? flags(0) : parent(parentId, PARENT_IS_REMOTE);
    }

    private SpanBytes parent(long parentId, int remote) {
        spans.counted(PARENT_SPAN_ID, Long.BYTES);
        spans.big(parentId);
        return flags(remote);
    }

    private SpanBytes flags(int remote) {
        spans.fixed32(FLAGS, SAMPLED | PARENT_IS_KNOWN | remote);
        return this;
    }

    /** From when to when, in microseconds of the epoch. */
    SpanBytes lasted(long fromMicros, long toMicros) {
        spans.fixed64(START, fromMicros * NANOS_PER_MICRO);
        spans.fixed64(END, toMicros * NANOS_PER_MICRO);
        return this;
    }

    /** It is an error. */
    void isError() {
        spans.counted(STATUS, ERROR.length);
        spans.written(ERROR);
    }

    /** It has that attribute. */
    SpanBytes put(Name name, String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        attribute(name, 1 + Protobuf.size(text.length) + text.length);
        spans.counted(STRING, text.length);
        spans.written(text);
        return this;
    }

    /** It has that attribute. */
    SpanBytes put(Name name, long value) {
        attribute(name, 1 + Protobuf.size(value));
        spans.put(INT, value);
        return this;
    }

    /** It has that attribute. */
    SpanBytes put(Name name, boolean value) {
        attribute(name, 2);
        spans.put(BOOL, value ? 1 : 0);
        return this;
    }

    /** It has that attribute. */
    SpanBytes put(Name name, double value) {
        attribute(name, 1 + Long.BYTES);
        spans.fixed64(DOUBLE, Double.doubleToRawLongBits(value));
        return this;
    }

    private void attribute(Name name, int valueBytes) {
        spans.counted(ATTRIBUTES, name.key.length + 1 + Protobuf.size(valueBytes) + valueBytes);
        spans.written(name.key);
        spans.counted(VALUE, valueBytes);
    }

    /** All is said of it. */
    void end() {
        spans.end(begun);
    }
}
