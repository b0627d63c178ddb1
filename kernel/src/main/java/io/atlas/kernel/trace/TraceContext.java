package io.atlas.kernel.trace;

import java.util.HexFormat;
import java.util.Optional;

/**
 * The place of one request in a trace. Its ids are known before anything is measured, so that a backend can be told
 * them; the spans are made of its receipt when it is over, and find the same ids again.
 *
 * @param traceId 32 hexadecimal digits, the same for every span of the trace
 * @param spanId of the request's own span; those of its parts are counted on from it
 * @param parentId of the caller's span, 0 where the trace begins here
 * @param state what others wrote for themselves, in the form of {@code tracestate}; empty where nobody did
 */
public record TraceContext(String traceId, long spanId, long parentId, Sampling sampling, String state) {
    /** As many spans as one request has at most: its parts' ids stay below the next one that is a multiple of this. */
    private static final long SPANS = 1L << 12;

    private static final long FIRST_STEP = 1L << 6;
    private static final long FIRST_OF_SPANS = Long.MAX_VALUE & -SPANS;
    private static final HexFormat HEX = HexFormat.of();

    /** Whether spans are made. */
    public enum Sampling {
        /** This request's spans are made, and whoever comes after it is asked to make his. */
        RECORDED,
        /** Its caller's trace is passed on without spans of it. */
        PASSED_ON
    }

    /**
     * A recorded trace that begins here.
     *
     * @param high a random number: the first half of the trace's id
     * @param low another: the second half
     * @param chance another, for the span
     */
    public static TraceContext begin(long high, long low, long chance) {
        // An id of zeros is no id.
        String traceId = HEX.toHexDigits(high | 1) + HEX.toHexDigits(low);
        return new TraceContext(traceId, span(chance), 0, Sampling.RECORDED, "");
    }

    /** The trace of a caller, who decides whether it is recorded. */
    public static TraceContext of(TraceParent parent, String state, long chance) {
        Sampling sampling = switch (parent.flag()) {
            case SAMPLED -> Sampling.RECORDED;
            case NOT_SAMPLED -> Sampling.PASSED_ON;
        };
        return new TraceContext(parent.traceId(), span(chance), parent.parentId(), sampling, state);
    }

    private static long span(long chance) {
        return (chance & FIRST_OF_SPANS) | SPANS;
    }

    /** The id of the request's attempt of that number, counted from 1. */
    public long attempt(int number) {
        return spanId + Math.min(number, FIRST_STEP - 1);
    }

    /** The id of the request's step at that place, counted from 0, where it is no attempt. */
    public long step(int place) {
        return spanId + FIRST_STEP + Math.min(place, SPANS - FIRST_STEP - 1);
    }

    /** What the backend of that attempt is told, as {@code traceparent}. Where no spans are made, its parent is the caller's. */
    public String traceparent(int attempt) {
        return switch (sampling) {
            case RECORDED -> "00-" + traceId + "-" + hex(attempt(attempt)) + "-01";
            case PASSED_ON -> "00-" + traceId + "-" + hex(parentId) + "-00";
        };
    }

    /** The id of a span as 16 hexadecimal digits. */
    public static String hex(long spanId) {
        return HEX.toHexDigits(spanId);
    }

    /** The same, if spans of it are made. */
    public Optional<TraceContext> recorded() {
        return sampling == Sampling.RECORDED ? Optional.of(this) : Optional.empty();
    }
}
