package io.atlas.exchange;

import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.trace.TraceContext;
import io.atlas.ledger.open.OpenSlot;
import io.atlas.pool.Draw;
import io.atlas.replay.Recording;
import io.atlas.replay.RequestName;
import io.atlas.upstream.Gate;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is known of a request while it is on its way: for the receipt, for the metrics, and so that whatever was taken is
 * given back however it ends. Owned by the event loop of its request.
 */
public final class Trail {
    private final Arrival arrival;
    private final List<Step> steps = new ArrayList<>(6);
    private final Times times = new Times();
    private Identified caller;
    private Asked asked;
    private Optional<Asking> asking = Optional.empty();
    private Optional<Sizes> sizes = Optional.empty();
    private Optional<Served> served = Optional.empty();
    private Price providerPrice = Price.FREE;
    private Optional<Reservation> reservation = Optional.empty();
    private Optional<Draw> draw = Optional.empty();
    private Optional<Gate.Place> place = Optional.empty();
    private Optional<OpenSlot> slot = Optional.empty();
    private Optional<RequestName> name = Optional.empty();
    private Optional<Recording> recording = Optional.empty();
    private Optional<Runnable> onLeave = Optional.empty();
    private boolean again;
    private long refusedNanoUsd;
    private boolean left;
    private Optional<Cut> cut = Optional.empty();
    private Consumer<Cut> onCut = _ -> {};

    /** The trail of a request that has just arrived. */
    public Trail(Arrival arrival, Asked asked) {
        this.arrival = arrival;
        this.caller = arrival.caller;
        this.asked = asked;
    }

    /**
     * A request of a known caller.
     *
     * @param atMicros when it was read, in epoch microseconds
     * @param startNanos the same moment by the clock that measures
     * @param trace which it is a part of, if any
     */
    public record Arrival(
            String id,
            long atMicros,
            long startNanos,
            HttpServerRequest request,
            Identified caller,
            Optional<TraceContext> trace) {}

    /** Nanoseconds of single parts of the way, and the moment at which it was sent; 0 for what it did not come to. */
    public static final class Times {
        public long quotaCheck;
        public long queued;
        public long sent;
        public long backend;
        public long firstToken;
    }

    /** How it began. */
    public Arrival arrival() {
        return arrival;
    }

    /** Who asks: the key, or one of the people behind it. */
    public Identified caller() {
        return caller;
    }

    /** It is for one of the people behind the key. */
    public void isFor(Identified person) {
        caller = person;
    }

    /** The id of the request. */
    public String id() {
        return arrival.id;
    }

    /** When it was read, in epoch microseconds. */
    public long atMicros() {
        return arrival.atMicros;
    }

    /** The request itself. */
    public HttpServerRequest request() {
        return arrival.request;
    }

    /** Microseconds since it was read. */
    public long afterMicros(long nowNanos) {
        return (nowNanos - arrival.startNanos) / 1_000;
    }

    /** The parts of its time. */
    public Times times() {
        return times;
    }

    /** What was done so far. */
    public List<Step> steps() {
        return steps;
    }

    /** How many tokens of the prompt were left out. */
    public long trimmedTokens() {
        for (Step step : steps) {
            if (step instanceof Step.Trimmed trimmed) {
                return trimmed.tokens();
            }
        }
        return 0;
    }

    /** How many backends it was sent to by now, of those that are done with it. */
    public int attempts() {
        int attempts = 0;
        for (Step step : steps) {
            attempts += step instanceof Step.Attempted ? 1 : 0;
        }
        return attempts;
    }

    /** One more thing was done. */
    public void step(Step step) {
        steps.add(step);
    }

    /** What was asked, as far as it is understood. */
    public Asked asked() {
        return asked;
    }

    /** The request was read. */
    public void understood(Asked ask) {
        asked = ask;
    }

    /** The request in full, once it is known to be one that may be served. */
    public Optional<Asking> asking() {
        return asking;
    }

    /** The request may be served. */
    public void may(Asking request) {
        asking = Optional.of(request);
    }

    /** How large it was taken to be. */
    public Optional<Sizes> sizes() {
        return sizes;
    }

    /** Its size is known. */
    public void sized(Sizes known) {
        sizes = Optional.of(known);
    }

    /** What it was sent to. */
    public Optional<Served> served() {
        return served;
    }

    /** It is on its way to a backend. */
    public void sentTo(Served backend) {
        served = Optional.of(backend);
    }

    /** A token costs us so much where it is sent to. */
    public void costs(Price ofDeployment) {
        providerPrice = ofDeployment;
    }

    /** What a token costs us where it was sent to. */
    public Price providerPrice() {
        return providerPrice;
    }

    /** What it holds of its limits. */
    public Optional<Reservation> reservation() {
        return reservation;
    }

    /** Its bound is held. */
    public void holds(Reservation held) {
        reservation = Optional.of(held);
    }

    /** What it holds of an upstream quota. */
    public Optional<Draw> draw() {
        return draw;
    }

    /** It holds that of an upstream quota, and nothing else of any. */
    public void draws(Optional<Draw> held) {
        draw = held;
    }

    /** Its place at a backend. */
    public Optional<Gate.Place> place() {
        return place;
    }

    /** It has a place at a backend. */
    public void takes(Gate.Place free) {
        place = Optional.of(free);
    }

    /** Its place in the table of open requests. */
    public Optional<OpenSlot> slot() {
        return slot;
    }

    /** It stands in the table of open requests. */
    public void opens(OpenSlot open) {
        slot = Optional.of(open);
    }

    /** By what it is known if it comes again, as far as that is known by now. */
    public Optional<RequestName> name() {
        return name;
    }

    /** It is known by that name if it comes again. */
    public void isCalled(RequestName known) {
        name = Optional.of(known);
    }

    /** Whether it was sent before, and not served. */
    public boolean again() {
        return again;
    }

    /** It was sent before, and not served. */
    public void isSentAgain() {
        again = true;
    }

    /** Where its answer is written down for those who come with the same request. */
    public Optional<Recording> recording() {
        return recording;
    }

    /** Its answer is written down for others too, so that it does not end when its caller leaves; this is done instead. */
    public void isRecorded(Recording forOthers, Runnable whenCallerLeaves) {
        recording = Optional.of(forOthers);
        onLeave = Optional.of(whenCallerLeaves);
        if (left) {
            whenCallerLeaves.run();
        }
    }

    /** What the refused reservation would have cost. */
    public long refusedNanoUsd() {
        return refusedNanoUsd;
    }

    /** Its limits refused what would have cost so much. */
    public void refused(long nanoUsd) {
        refusedNanoUsd = nanoUsd;
    }

    /** Whether the caller's connection is gone. */
    public boolean callerLeft() {
        return left;
    }

    /** Who has ended the request before its time, if somebody has. */
    public Optional<Cut> cut() {
        return cut;
    }

    /** What is to be done when somebody ends it before its time, instead of what was to be done before; done at once if that has happened. */
    public void whenCutShort(Consumer<Cut> action) {
        onCut = action;
        cut.ifPresent(action);
    }

    /** Nothing is to be done any more when somebody ends it before its time. */
    public void notCutShort() {
        onCut = _ -> {};
    }

    /** The caller's connection is gone. */
    public void leave() {
        boolean wasThere = !left;
        left = true;
        if (wasThere) {
            onLeave.orElse(this::abandon).run();
        }
    }

    /** Nobody waits for it any more. */
    public void abandon() {
        cutShort(Cut.CALLER_LEFT);
    }

    /** The process does not wait for it any longer. */
    public void breakOff() {
        cutShort(Cut.GATEWAY_STOPS);
    }

    private void cutShort(Cut by) {
        if (cut.isEmpty()) {
            cut = Optional.of(by);
            onCut.accept(by);
        }
    }
}
