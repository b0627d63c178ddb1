package io.atlas.upstream;

import io.atlas.kernel.capacity.Reading;
import io.atlas.kernel.capacity.Room;
import io.atlas.kernel.capacity.Scarce;
import io.atlas.kernel.fair.Admission;
import io.atlas.kernel.fair.Admission.Why;
import io.atlas.kernel.fair.Arrival;
import io.atlas.kernel.fair.Capacity;
import io.atlas.kernel.fair.FairQueue;
import io.atlas.kernel.fair.Guarantees;
import io.atlas.kernel.fair.QueueView;
import io.atlas.kernel.fair.Quote;
import io.atlas.kernel.fair.Ticket;
import io.atlas.kernel.fair.Turn;
import io.atlas.kernel.order.Seat;
import io.atlas.kernel.order.Word;
import io.atlas.order.Company;
import io.atlas.telemetry.Telemetry;
import io.atlas.upstream.SharedPlaces.Answered;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The places at a backend, and the fair queue before them. Shared by all event loops: each step of the queue is made under
 * the gate's lock, and whoever it concerns hears of it after the lock is free.
 */
public final class Gate {
    /** What all that wait may take in memory. */
    static final long WAITING_BYTES = 64L << 20;

    private final String backend;
    private final Telemetry telemetry;
    private final FairQueue<Promise<Call>> queue;
    private final Optional<SharedPlaces<Promise<Call>>> shared;

    Gate(String backend, Capacity capacity, Guarantees guarantees, Telemetry telemetry) {
        this(backend, capacity, guarantees, telemetry, Optional.empty());
    }

    /** One before a backend that other nodes have gates to, too, if there are any. */
    Gate(String backend, Capacity capacity, Guarantees guarantees, Telemetry telemetry, Optional<Company> others) {
        this.backend = backend;
        this.queue = new FairQueue<>(capacity, guarantees);
        this.telemetry = telemetry;
        this.shared = others.map(all -> new SharedPlaces<>(all, queue, capacity.places()));
    }

    /** One request's right to be at the backend. Owned by the event loop of its request. */
    public final class Place {
        private final Ticket<Promise<Call>> ticket;
        private long paidOutputTokens;
        private boolean held = true;

        Place(Ticket<Promise<Call>> ticket) {
            this.ticket = ticket;
            this.paidOutputTokens = ticket.paidOutputTokens();
        }

        /** The answer has so many tokens by now. Costs nothing as long as no more were expected. */
        public void wrote(long outputTokens) {
            if (outputTokens > paidOutputTokens) {
                synchronized (Gate.this) {
                    queue.extend(ticket, outputTokens);
                    paidOutputTokens = ticket.paidOutputTokens();
                }
            }
        }

        /** The first token of the answer is there, so that the backend can read the next. */
        public void firstToken(long nowMicros) {
            List<Turn<Promise<Call>>> turns;
            synchronized (Gate.this) {
                queue.firstToken(ticket, nowMicros);
                turns = turns(nowMicros);
            }
            tell(turns, nowMicros);
        }

        /** The answer comes as a whole, so that nobody will hear of its first token. */
        public void comesWhole(long nowMicros) {
            synchronized (Gate.this) {
                queue.comesWhole(ticket, nowMicros);
            }
        }

        /** The backend has too much to do: it said so, or did not answer in time. */
        public void overloaded() {
            synchronized (Gate.this) {
                queue.endpoint().overloaded();
            }
        }

        /** What those before the backend last waited for, when it was this one's turn; empty where nobody had to wait. */
        public Optional<Scarce> heldFor() {
            return ticket.heldFor();
        }

        /** Who said that it was this one's turn; empty where no other node has a gate to the backend. */
        public Optional<Seat.Standing> order() {
            return ticket.order();
        }

        /** Gives the place back, after the backend has read and written so much. A second time changes nothing. */
        public void giveBack(long inputTokens, long outputTokens, long nowMicros) {
            List<Turn<Promise<Call>>> turns;
            boolean everybodys;
            synchronized (Gate.this) {
                if (!held) {
                    return;
                }
                held = false;
                queue.settle(ticket, inputTokens, outputTokens, nowMicros);
                turns = turns(nowMicros);
                everybodys = shared.filter(SharedPlaces::ordered).isPresent();
            }
            telemetry.inflight(backend, -1);
            tell(turns, nowMicros);
            if (everybodys) {
                speak(nowMicros);
            }
        }
    }

    /** What becomes of somebody who waits. */
    public sealed interface Call {
        /** It is his turn. */
        record Come(Place place) implements Call {}

        /** He had to make room for somebody who has less of the queue than he. */
        record MakeRoom() implements Call {}

        /** It would be his turn, but he has waited too long. */
        record TooLate() implements Call {}
    }

    /** What someone who comes to the gate gets. */
    public sealed interface Entry {
        /** A place at once. */
        record Free(Place place) implements Entry {}

        /** A place in the queue; the promise is completed when it comes to something, unless he leaves before. */
        record Waiting(Waiter waiter, Quote quote) implements Entry {}

        /** Nothing, and how long it would have taken, where that can be said. */
        record Refused(Why why, OptionalLong waitMicros) implements Entry {}
    }

    /** Someone in the queue. */
    public final class Waiter {
        private final Ticket<Promise<Call>> ticket;

        Waiter(Ticket<Promise<Call>> ticket) {
            this.ticket = ticket;
        }

        /** Leaves the queue; false where it has come to something. */
        public boolean leave() {
            synchronized (Gate.this) {
                if (!queue.leave(ticket)) {
                    return false;
                }
            }
            queued(ticket, -1);
            return true;
        }
    }

    /** Comes to the gate. The promise is used only where it has to wait. */
    public Entry enter(Arrival arrival, Promise<Call> turn, long nowMicros) {
        Admission<Promise<Call>> admission;
        synchronized (this) {
            admission = queue.arrive(arrival, turn, nowMicros);
        }
        return switch (admission) {
            case Admission.Started<Promise<Call>> started -> {
                telemetry.inflight(backend, 1);
                yield new Entry.Free(new Place(started.ticket()));
            }
            case Admission.Queued<Promise<Call>> waits -> {
                queued(waits.ticket(), 1);
                waits.displaced().ifPresent(gone -> over(gone, new Call.MakeRoom()));
                speak(nowMicros);
                yield new Entry.Waiting(new Waiter(waits.ticket()), waits.quote());
            }
            case Admission.Refused<Promise<Call>> refused -> new Entry.Refused(refused.why(), refused.waitMicros());
        };
    }

    /**
     * Changes how many there may be. Who is in or waits stays: more places let those in whose turn it is, fewer let nobody
     * in until enough have left.
     */
    void resize(Capacity capacity, Guarantees guarantees, long nowMicros) {
        List<Turn<Promise<Call>>> turns;
        synchronized (this) {
            queue.resize(capacity, guarantees);
            shared.ifPresent(places -> places.resize(capacity.places()));
            turns = turns(nowMicros);
        }
        tell(turns, nowMicros);
    }

    /** How many are in or wait. */
    public synchronized int open() {
        return queue.running() + queue.waiting();
    }

    /** Time has passed: what was learned of the backend is adjusted, and whoever may come now is called. */
    void pass(long nowMicros) {
        List<Turn<Promise<Call>>> turns;
        synchronized (this) {
            queue.endpoint().pass(nowMicros);
            turns = turns(nowMicros);
        }
        tell(turns, nowMicros);
    }

    /** Time has passed, a fiftieth of a second: the other nodes hear of this one, where they have to. */
    void beat(long beats, long nowMicros) {
        boolean due;
        synchronized (this) {
            due = shared.filter(places -> places.due(beats)).isPresent();
        }
        if (due) {
            speak(nowMicros);
        }
    }

    /** This node comes to its end: what lies idle of its places is the others' from now on. */
    void leave(long nowMicros) {
        synchronized (this) {
            shared.ifPresent(SharedPlaces::leave);
        }
        speak(nowMicros);
    }

    /** Tells the other nodes that nothing is here any more; done when they know, or it is not known whether they do. */
    CompletionStage<?> end() {
        Optional<Word> last;
        synchronized (this) {
            last = shared.map(SharedPlaces::lastWord);
        }
        return last.isPresent()
                ? shared.orElseThrow().say(backend, last.orElseThrow())
                : CompletableFuture.completedFuture(last);
    }

    /** Says to the other nodes what there is to say; nothing while an answer is awaited. */
    private void speak(long nowMicros) {
        shared.ifPresent(places -> {
            Optional<Word> word;
            synchronized (this) {
                word = places.word(nowMicros);
            }
            word.ifPresent(said -> {
                var _ = places.say(backend, said).thenAccept(this::hear);
            });
        });
    }

    private void hear(Answered answered) {
        List<Turn<Promise<Call>>> turns = new ArrayList<>();
        long nowMicros;
        boolean more;
        synchronized (this) {
            SharedPlaces<Promise<Call>> places = shared.orElseThrow();
            nowMicros = places.nowMicros();
            turns.addAll(places.hear(answered, nowMicros));
            turns.addAll(turns(nowMicros));
            more = places.hasMoreToSay();
        }
        tell(turns, nowMicros);
        if (more) {
            speak(nowMicros);
        }
    }

    /** Who says whose turn it is; empty where no other node has a gate to the backend. */
    public synchronized Optional<Seat.Standing> standing() {
        return shared.map(SharedPlaces::standing);
    }

    /** The backend tells of itself. */
    synchronized void read(Reading reading, long nowMicros) {
        queue.endpoint().read(reading, nowMicros);
    }

    /** What is in use at the backend, and how much may be. */
    synchronized List<Room> rooms() {
        return queue.endpoint().rooms();
    }

    /** Who is in and who waits, for people. */
    synchronized QueueView view(int mostCrowds) {
        return queue.view(mostCrowds);
    }

    /** What the next one waits for, if anybody waits. */
    public synchronized Optional<Scarce> heldFor() {
        return queue.heldFor();
    }

    /** Whether nobody is in or waits. */
    boolean empty() {
        return open() == 0;
    }

    /** The most by which two tenants who wait can be apart in what is done for them: work by weight. */
    synchronized double bound() {
        return queue.bound();
    }

    /** Whose turn it is; called under the lock. */
    private List<Turn<Promise<Call>>> turns(long nowMicros) {
        List<Turn<Promise<Call>>> turns = new ArrayList<>(1);
        for (Optional<Turn<Promise<Call>>> turn = queue.next(nowMicros);
                turn.isPresent();
                turn = queue.next(nowMicros)) {
            turns.add(turn.orElseThrow());
        }
        return turns;
    }

    private void tell(List<Turn<Promise<Call>>> turns, long nowMicros) {
        for (Turn<Promise<Call>> turn : turns) {
            switch (turn) {
                case Turn.Called<Promise<Call>> called -> {
                    Place place = new Place(called.ticket());
                    telemetry.inflight(backend, 1);
                    if (!over(called.ticket(), new Call.Come(place))) {
                        place.giveBack(0, 0, nowMicros);
                    }
                }
                case Turn.Expired<Promise<Call>> expired -> over(expired.ticket(), new Call.TooLate());
            }
        }
    }

    /** Somebody waits no longer; false where nobody wants to know any more. */
    private boolean over(Ticket<Promise<Call>> ticket, Call call) {
        queued(ticket, -1);
        return ticket.kept().tryComplete(call);
    }

    private void queued(Ticket<?> ticket, int change) {
        telemetry.queued(ticket.arrival().flow().priority(), change);
    }
}
