package io.atlas.upstream;

import io.atlas.telemetry.Telemetry;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * The places at a backend, and the bounded queue before them: first come, first served. Shared by all event loops.
 */
public final class Gate {
    private final String backend;
    private int places;
    private int room;
    private final Telemetry telemetry;
    private final Deque<Ticket> queue = new ArrayDeque<>();
    private int taken;

    Gate(String backend, int places, int room, Telemetry telemetry) {
        this.backend = backend;
        this.places = places;
        this.room = room;
        this.telemetry = telemetry;
    }

    /** One request's right to be at the backend. Given back once; a second time changes nothing. */
    public final class Place {
        private boolean held = true;

        /** Gives the place back. */
        public void giveBack() {
            Optional<Ticket> next;
            synchronized (Gate.this) {
                if (!held) {
                    return;
                }
                held = false;
                taken--;
                next = next();
            }
            telemetry.inflight(backend, -1);
            next.ifPresent(ticket -> ticket.call(new Place()));
        }
    }

    /** One request's place in the queue. */
    public final class Ticket {
        private final int priority;
        private final Promise<Place> turn;

        Ticket(int priority, Promise<Place> turn) {
            this.priority = priority;
            this.turn = turn;
        }

        private void call(Place place) {
            telemetry.queued(priority, -1);
            telemetry.inflight(backend, 1);
            if (!turn.tryComplete(place)) {
                place.giveBack();
            }
        }

        /** Leaves the queue; false where its turn has come. */
        public boolean leave() {
            synchronized (Gate.this) {
                if (!queue.remove(this)) {
                    return false;
                }
            }
            telemetry.queued(priority, -1);
            return true;
        }
    }

    /** What someone who comes to the gate gets. */
    public sealed interface Entry {
        /** A place at once. */
        record Free(Place place) implements Entry {}

        /** A place in the queue; its promise is completed when its turn comes. */
        record Waiting(Ticket ticket) implements Entry {}

        /** Nothing: the queue is full. */
        record Full() implements Entry {}
    }

    /**
     * Changes how many there are. Who is in or waits stays: more places let the first of the queue in at once, fewer let
     * nobody in until enough have left.
     */
    void resize(int newPlaces, int newRoom) {
        List<Ticket> called = new ArrayList<>();
        synchronized (this) {
            places = newPlaces;
            room = newRoom;
            for (Optional<Ticket> next = next(); next.isPresent(); next = next()) {
                called.add(next.get());
            }
        }
        called.forEach(ticket -> ticket.call(new Place()));
    }

    /** Whether nobody is in or waits. */
    synchronized boolean empty() {
        return taken == 0 && queue.isEmpty();
    }

    /** Takes a free place for the first of the queue; called under the lock. */
    private Optional<Ticket> next() {
        if (taken >= places || queue.isEmpty()) {
            return Optional.empty();
        }
        taken++;
        return Optional.of(queue.remove());
    }

    /** Comes to the gate. The promise is used only where it has to wait. */
    public Entry enter(int priority, Promise<Place> turn) {
        synchronized (this) {
            if (taken < places) {
                taken++;
                telemetry.inflight(backend, 1);
                return new Entry.Free(new Place());
            }
            if (queue.size() >= room) {
                return new Entry.Full();
            }
            Ticket ticket = new Ticket(priority, turn);
            queue.add(ticket);
            telemetry.queued(priority, 1);
            return new Entry.Waiting(ticket);
        }
    }
}
