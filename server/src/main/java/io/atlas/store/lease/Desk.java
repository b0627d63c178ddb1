package io.atlas.store.lease;

import io.atlas.kernel.lease.Amounts;
import io.atlas.kernel.lease.Lease;
import io.atlas.kernel.lease.Lessee;
import io.atlas.kernel.lease.Wish;
import io.atlas.kernel.quota.Count;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation.Taken;
import io.atlas.kernel.quota.Reservation.Told;
import io.atlas.kernel.quota.Verdict;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Where requests of this node get their part of the leases on the same limits. Who finds one that is large enough waits for
 * nobody; the others wait in a row while a lease is asked for that is for all of them, as far as there is so much.
 */
final class Desk {
    /** From the moment it is asked for, or its owner was heard, it gives out no more after that; it is held for longer. */
    static final long VALID_MICROS = 30_000_000;

    private record Waiting(Demand demand, Amounts amounts, CompletableFuture<Drawing> answer) {}

    private record Answered(CompletableFuture<Drawing> answer, Drawing drawing) {}

    private record Reading(List<Count> counts, long atMicros) {}

    private final Floor floor;
    private final Lessee lessee;
    private final Words words;
    private final Deque<Waiting> row = new ArrayDeque<>();
    private List<Limit> limits;
    private Optional<Reading> reading = Optional.empty();
    private boolean asking;

    /** It was asked before all was said that this node gives back: being refused then says nothing. */
    private boolean early;

    /** There was so much when the last lease was made that what is to be given back can wait. */
    private boolean plenty;

    Desk(Floor floor, List<Limit> limits) {
        this.floor = floor;
        this.limits = limits;
        lessee = new Lessee(limits.size());
        words = new Words(this, floor);
    }

    /** A part for one request. What comes later than it waits is given back at once. */
    CompletableFuture<Drawing> draw(List<Limit> asked, Demand demand) {
        Waiting one;
        synchronized (this) {
            limits = asked;
            Amounts amounts = Amounts.of(limits, demand);
            Optional<Drawing> drawn = row.isEmpty() ? drawNow(amounts) : Optional.empty();
            if (drawn.isPresent()) {
                return CompletableFuture.completedFuture(drawn.orElseThrow());
            }
            one = new Waiting(demand, amounts, new CompletableFuture<>());
            row.add(one);
        }
        ask();
        return one.answer;
    }

    /** A part of what this node has, and nothing else. */
    synchronized Optional<Drawing> drawHere(Demand demand) {
        return drawNow(Amounts.of(limits, demand));
    }

    private synchronized Optional<Drawing> drawNow(Amounts amounts) {
        return lessee.draw(amounts, floor.micros())
                .map(part -> new Drawing.Drawn(List.of(new Drawing.Piece(this, part)), taken(amounts)));
    }

    private synchronized List<Taken> taken(Amounts amounts) {
        Amounts free = lessee.free();
        List<Taken> taken = new ArrayList<>(limits.size());
        for (int i = 0; i < limits.size(); i++) {
            Limit limit = limits.get(i);
            Reading last = reading.orElseThrow();
            Count after = last.counts.get(i).plus(-free.get(i));
            taken.add(new Told(
                    limit,
                    Meter.of(limit, after.plus(-amounts.get(i))).level(last.atMicros),
                    Meter.of(limit, after).level(last.atMicros)));
        }
        return taken;
    }

    private void ask() {
        String id;
        List<Limit> asked;
        Wish wish;
        synchronized (this) {
            row.removeIf(one -> one.answer.isDone());
            if (asking || row.isEmpty()) {
                return;
            }
            asking = true;
            id = floor.name();
            asked = limits;
            Amounts more = Amounts.none(limits.size());
            for (Waiting one : row) {
                more = more.plus(one.amounts);
            }
            Amounts need = row.getFirst().amounts;
            wish = lessee.wish(need, more.minus(need), floor.shares(), floor.micros());
            lessee.retire().ifPresent(words::due);
        }
        words.send();
        synchronized (this) {
            early = !early && words.behind();
        }
        long sentMicros = floor.micros();
        floor.lender().lend(id, asked, wish).whenComplete((loan, failure) -> {
            Amounts granted = loan instanceof Lender.Loan.Lent lent ? lent.amounts() : Amounts.none(asked.size());
            answered(wish, new Lease(id, granted, sentMicros + VALID_MICROS), loan, failure);
        });
    }

    private void answered(Wish wish, Lease lease, Lender.Loan loan, Throwable failure) {
        List<Answered> answers = new ArrayList<>();
        List<Waiting> failed = List.of();
        synchronized (this) {
            asking = false;
            plenty = wish.plentyIn(lease.granted());
            switch (loan) {
                case null -> {
                    // Whether there is such a lease is not known: now there will be none.
                    lessee.addUnheard(lease);
                    words.due(lease);
                    failed = all();
                }
                case Lender.Loan.Lent lent -> {
                    reading = Optional.of(new Reading(lent.after(), lent.atMicros()));
                    lessee.add(lease, floor.micros());
                    serve(answers);
                }
                case Lender.Loan.Full full -> {
                    if (!early) {
                        refuse(full, answers);
                    }
                }
                case Lender.Loan.Unmarked _ ->
                    all().forEach(one -> answers.add(new Answered(one.answer, new Drawing.Unknown())));
            }
        }
        failed.forEach(one -> one.answer.completeExceptionally(failure));
        answers.forEach(Desk::give);
        words.send();
        ask();
    }

    private List<Waiting> all() {
        List<Waiting> all = List.copyOf(row);
        row.clear();
        return all;
    }

    private void serve(List<Answered> answers) {
        while (!row.isEmpty()) {
            Optional<Drawing> drawn = drawNow(row.getFirst().amounts);
            if (drawn.isEmpty()) {
                return;
            }
            answers.add(new Answered(row.removeFirst().answer, drawn.orElseThrow()));
        }
    }

    /** Everyone in the row who would not fit either is answered by the same reading; who would fit asks for himself. */
    private void refuse(Lender.Loan.Full full, List<Answered> answers) {
        for (Waiting one : all()) {
            Optional<Verdict.Refused> refused = Quota.refusal(full.meters(), one.demand, full.atMicros());
            if (refused.isPresent()) {
                answers.add(new Answered(one.answer, new Drawing.Refused(refused.orElseThrow())));
            } else {
                row.add(one);
            }
        }
    }

    private static void give(Answered answered) {
        if (!answered.answer.complete(answered.drawing) && answered.drawing instanceof Drawing.Drawn drawn) {
            drawn.pieces().forEach(piece -> piece.desk().giveBack(piece.part()));
        }
    }

    /**
     * A request has ended; completes when that is known where the limits are counted, or will be told later. Where there
     * is plenty it is told later.
     */
    CompletableFuture<Boolean> end(Lease.Part part, Amounts actual) {
        CompletableFuture<Boolean> heard;
        synchronized (this) {
            part.lease().settle(part, actual);
            if (plenty) {
                words.later(part.lease());
                return CompletableFuture.completedFuture(true);
            }
            heard = words.say(part.lease());
        }
        words.send();
        return heard;
    }

    /** Says what was put off; completes when that is known where the limits are counted, or has to wait. */
    CompletableFuture<?> tell() {
        List<CompletableFuture<Boolean>> heard = words.sayAll();
        words.send();
        return CompletableFuture.allOf(heard.toArray(CompletableFuture[]::new));
    }

    private void giveBack(Lease.Part part) {
        synchronized (this) {
            part.lease().settle(part, Amounts.none(part.amounts().size()));
            words.due(part.lease());
        }
        words.send();
    }

    /** Gives back all that no request holds; completes when that is known where the limits are counted. */
    CompletableFuture<?> retire() {
        synchronized (this) {
            lessee.retire().ifPresent(this::isBack);
        }
        return tell();
    }

    /** Gives back all that no request holds, and says so at once: who speaks to the lender after this is heard after it. */
    void giveUp() {
        synchronized (this) {
            lessee.retire().ifPresent(this::isBack);
        }
        words.send();
    }

    /** Whether it is for these limits, whatever they say. */
    synchronized boolean isFor(List<Limit> others) {
        if (others.size() != limits.size()) {
            return false;
        }
        for (int i = 0; i < others.size(); i++) {
            if (!others.get(i).id().equals(limits.get(i).id())) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is for one of these limits. */
    synchronized boolean meets(List<Limit> others) {
        return limits.stream()
                .anyMatch(limit -> others.stream().anyMatch(other -> other.id().equals(limit.id())));
    }

    /** Whether there is something of one of these limits that it put off to say. */
    synchronized boolean owes(List<Limit> others) {
        return words.waiting() && meets(others);
    }

    /** Gives back what lies idle, says what was put off, and again what was not heard. */
    void tend() {
        synchronized (this) {
            lessee.idle(floor.micros()).ifPresent(this::isBack);
        }
        words.send();
        ask();
    }

    private synchronized void isBack(Lease retired) {
        plenty = false;
        words.due(retired);
    }

    /** This node lives, and so do its leases. */
    void signs() {
        List<Lease> leases;
        synchronized (this) {
            leases = lessee.leases();
        }
        for (Lease lease : leases) {
            long sentMicros = floor.micros();
            floor.lender().extend(lease.id(), limits()).thenAccept(lives -> {
                if (lives) {
                    extend(lease, sentMicros + VALID_MICROS);
                }
            });
        }
    }

    private synchronized void extend(Lease lease, long untilMicros) {
        lease.extend(untilMicros);
    }

    /** Where the limits are counted all was lost: what open requests hold is to be held again. */
    synchronized List<Lease> renew() {
        words.clear();
        return lessee.renew(floor::name);
    }

    synchronized void forget(Lease lease) {
        lessee.forget(lease);
    }

    synchronized List<Limit> limits() {
        return limits;
    }

    synchronized boolean knows(String id) {
        return lessee.leases().stream().anyMatch(lease -> lease.id().equals(id));
    }

    /** What this node could give out at once of the limit. */
    synchronized long free(Limit limit) {
        return of(limit, lessee.free());
    }

    /** What open requests hold of the limit. */
    synchronized long held(Limit limit) {
        return lessee.leases().stream()
                .mapToLong(lease -> of(limit, lease.held()))
                .sum();
    }

    private synchronized long of(Limit limit, Amounts amounts) {
        for (int i = 0; i < limits.size(); i++) {
            if (limits.get(i).id().equals(limit.id())) {
                return amounts.get(i);
            }
        }
        return 0;
    }
}
