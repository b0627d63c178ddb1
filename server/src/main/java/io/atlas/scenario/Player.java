package io.atlas.scenario;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/** One tenant on the stage: asks when it is due, and keeps what it saw of each act. Directed by one thread. */
final class Player {
    /** The most requests that it has open at once: the bound of the load. */
    private static final int MAX_OPEN = 64;
    /** Over how many frames a rate is taken: some ask once in two seconds. */
    private static final int RATE_FRAMES = 5;

    private final Part part;
    private final Client client;
    private final ExecutorService threads;
    private final Semaphore open = new Semaphore(MAX_OPEN);
    private final Map<Act, Tally> tallies = new HashMap<>();

    private Tally tally = new Tally();
    private final Deque<Glance> glances = new ArrayDeque<>();
    private long nextNanos;
    private long betweenNanos = Long.MAX_VALUE;

    private record Glance(Seen seen, long nanos) {
        Frame.Rates since(Glance before) {
            double seconds = Math.max(1, nanos - before.nanos) / 1e9;
            return new Frame.Rates(
                    (seen.asked() - before.seen.asked()) / seconds,
                    (seen.served() - before.seen.served()) / seconds,
                    (seen.refusals() - before.seen.refusals()) / seconds);
        }
    }

    Player(Part part, Client client, ExecutorService threads) {
        this.part = part;
        this.client = client;
        this.threads = threads;
    }

    /** Begins an act, at that moment. */
    void enter(Act act, long nowNanos) {
        tally = new Tally();
        tallies.put(act, tally);
        glances.clear();
        glances.add(new Glance(tally.seen(), nowNanos));
        betweenNanos = part.between(act.mood()).toNanos();
        nextNanos = nowNanos;
    }

    /** Sends what is due, and says when there is more to send. */
    long play(long nowNanos) {
        while (nowNanos - nextNanos >= 0) {
            if (open.tryAcquire()) {
                send(nextNanos, tally);
            } else {
                tally.holdBack();
            }
            nextNanos += betweenNanos;
        }
        return nextNanos;
    }

    /** How it stands. */
    Frame.Row look(long nowNanos) {
        Glance now = new Glance(tally.seen(), nowNanos);
        glances.add(now);
        if (glances.size() > RATE_FRAMES + 1) {
            glances.remove();
        }
        Frame.Rates rates = now.since(glances.getFirst());
        return new Frame.Row(part.tenant(), now.seen(), rates, client.tokensLeft(), client.requestsLeft());
    }

    Review.Line review() {
        return new Review.Line(part.tenant(), during(Act.Mood.CALM), during(Act.Mood.NOISY));
    }

    private Seen during(Act.Mood mood) {
        List<Tally> those = new ArrayList<>();
        tallies.forEach((act, seen) -> {
            if (act.mood() == mood) {
                those.add(seen);
            }
        });
        return Tally.together(those);
    }

    private void send(long dueNanos, Tally to) {
        to.ask();
        threads.execute(() -> {
            try {
                to.count(client.ask(dueNanos));
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            } finally {
                open.release();
            }
        });
    }
}
