package io.atlas.upstream;

import io.atlas.kernel.fair.FairQueue;
import io.atlas.kernel.fair.Share;
import io.atlas.kernel.fair.Turn;
import io.atlas.kernel.order.Answer;
import io.atlas.kernel.order.Bid;
import io.atlas.kernel.order.Seat;
import io.atlas.kernel.order.Untold;
import io.atlas.kernel.order.Word;
import io.atlas.order.Company;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** This node's part of a backend that several share. Guarded by the lock of the gate. */
final class SharedPlaces<T> {
    private static final int MOST_BIDS_OF_BAND = 32;

    /** While nobody waits here, and nobody is known to wait elsewhere, only each of so many beats is heard. */
    private static final int QUIET_BEATS = 5;

    /** What came of a word; empty where nobody knows. */
    record Answered(Word word, Optional<Answer> answer) {}

    private enum Talk {
        SILENT,
        /** Something is to be said at once. */
        DUE,
        AWAITING,
        /** An answer is awaited, and there is more to say. */
        AWAITING_WITH_MORE
    }

    private final Company company;
    private final FairQueue<T> queue;
    private final Untold untold = new Untold();
    private final Seat seat;
    private volatile int places;
    private Talk talk = Talk.SILENT;

    SharedPlaces(Company company, FairQueue<T> queue, int places) {
        this.company = company;
        this.queue = queue;
        this.places = places;
        seat = new Seat(company.node(), company.time().epochMicros());
        queue.tell(untold);
        share();
    }

    void resize(int changed) {
        places = changed;
        share();
    }

    Seat.Standing standing() {
        return seat.standing();
    }

    /** Whether a place that comes free is everybody's. */
    boolean ordered() {
        return seat.standing() == Seat.Standing.ORDERED;
    }

    boolean due(long beats) {
        return ordered() || queue.waiting() > 0 || beats % QUIET_BEATS == 0;
    }

    long nowMicros() {
        return company.time().nanos() / 1_000;
    }

    /** What there is to say. While an answer is awaited it is said afterwards. */
    Optional<Word> word(long nowMicros) {
        if (talk == Talk.AWAITING || talk == Talk.AWAITING_WITH_MORE) {
            talk = Talk.AWAITING_WITH_MORE;
            return Optional.empty();
        }
        talk = Talk.AWAITING;
        return Optional.of(word(queue.bids(MOST_BIDS_OF_BAND, nowMicros)));
    }

    /** From now on no place is kept that is not used. */
    void leave() {
        seat.leave();
    }

    /** What there is to say at the end, when nobody waits and no answer is of interest any more. */
    Word lastWord() {
        seat.leave();
        return word(List.of());
    }

    /** What it gives up by saying so it has no more. */
    private Word word(List<Bid> bids) {
        Word word = seat.word(queue.running(), company.nodes().getAsInt(), untold.take(), bids);
        share();
        return word;
    }

    /** Says it; needs no lock. */
    CompletionStage<Answered> say(String backend, Word word) {
        return company.board()
                .tell(backend, places, word)
                .handle((answer, failure) ->
                        new Answered(word, failure == null ? Optional.of(answer) : Optional.empty()));
    }

    /** Whose turn it is by what was answered. Where nothing was, what was said is not known to count, and counts no more. */
    List<Turn<T>> hear(Answered answered, long nowMicros) {
        boolean heldMore = !ordered();
        talk = talk == Talk.AWAITING_WITH_MORE ? Talk.DUE : Talk.SILENT;
        List<Turn<T>> turns = new ArrayList<>();
        if (answered.answer.isEmpty()) {
            seat.lost(places, company.nodes().getAsInt());
            share();
            untold.take();
            talk = Talk.SILENT;
        } else {
            Answer answer = answered.answer.orElseThrow();
            seat.hear(answered.word, answer);
            share();
            if (answer instanceof Answer.Ordered ordered) {
                talk = heldMore ? Talk.DUE : talk;
                ordered.calls().forEach(call -> call(answered.word.bids().get(call), nowMicros, turns));
            }
        }
        return turns;
    }

    /** What is called was charged where it was called. */
    private void call(Bid bid, long nowMicros, List<Turn<T>> turns) {
        untold.add(bid.line(), bid.weight(), -bid.cost());
        Optional<Turn<T>> turn = queue.call(bid.line(), nowMicros);
        while (turn.isPresent() && turn.orElseThrow() instanceof Turn.Expired<T>) {
            turns.add(turn.orElseThrow());
            turn = queue.call(bid.line(), nowMicros);
        }
        turn.ifPresent(turns::add);
    }

    boolean hasMoreToSay() {
        return talk == Talk.DUE;
    }

    private void share() {
        int likely = Math.max(1, places / Math.max(1, company.nodes().getAsInt()));
        queue.share(new Share(seat.slots(), likely, Optional.of(seat.standing())));
    }
}
