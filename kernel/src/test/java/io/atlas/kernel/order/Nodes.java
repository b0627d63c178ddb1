package io.atlas.kernel.order;

import io.atlas.kernel.fair.Admission;
import io.atlas.kernel.fair.Arrival;
import io.atlas.kernel.fair.Capacity;
import io.atlas.kernel.fair.FairQueue;
import io.atlas.kernel.fair.Flow;
import io.atlas.kernel.fair.Guarantees;
import io.atlas.kernel.fair.Share;
import io.atlas.kernel.fair.Ticket;
import io.atlas.kernel.fair.Turn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/** Nodes before one backend, a store between them that loses and delays, and the books of what was really done. */
final class Nodes {
    static final long TICK_MICROS = 20_000;
    private static final long PATIENCE_MICROS = 500_000;
    private static final long MICROS_PER_TOKEN = 2_000;
    private static final int PIECE = 8;

    private record Event(long micros, long number, Runnable what) {}

    /** Whose requests these are, at one node alone. */
    static final class Customer {
        final Line line;
        final int weight;
        final Node node;
        final Set<Job> running = new LinkedHashSet<>();
        int waiting;
        long largest;
        long begun;
        private long finished;
        private double mostUnused;
        private double mostOverrun;
        private double leastUntold = Double.MAX_VALUE;
        private double mostUntold = -Double.MAX_VALUE;

        Customer(Line line, int weight, Node node) {
            this.line = line;
            this.weight = weight;
            this.node = node;
        }

        /** The work that was really done, by weight. */
        double served() {
            return (finished + running.stream().mapToLong(Job::done).sum()) / (double) weight;
        }

        void measure(Order order) {
            long paid = running.stream().mapToLong(job -> 2 * job.paid()).sum();
            long most = running.stream().mapToLong(job -> 2 * job.most).sum();
            mostUnused = Math.max(mostUnused, (double) paid);
            mostOverrun = Math.max(mostOverrun, (double) (most - paid));
            double charged =
                    finished + running.stream().mapToLong(job -> job.input).sum() + paid;
            double untold = charged / weight - order.counter(line) / (double) Order.PARTS;
            leastUntold = Math.min(leastUntold, untold);
            mostUntold = Math.max(mostUntold, untold);
        }

        void forget() {
            mostUnused = 0;
            mostOverrun = 0;
            leastUntold = Double.MAX_VALUE;
            mostUntold = -Double.MAX_VALUE;
        }

        /** Its part of the bound. */
        double bound() {
            return (mostUnused + mostOverrun + largest) / weight + mostUntold - leastUntold;
        }
    }

    static final class Job {
        final Customer customer;
        final long input;
        final long output;
        final long most;
        private long written;
        private Optional<Ticket<Job>> ticket = Optional.empty();

        Job(Customer customer, long input, long output, long most) {
            this.customer = customer;
            this.input = input;
            this.output = output;
            this.most = most;
        }

        long done() {
            return input + 2 * written;
        }

        long paid() {
            return ticket.orElseThrow().paidOutputTokens();
        }
    }

    /** One node: the part of a gateway that stands before the backend. */
    final class Node {
        final String name;
        final FairQueue<Job> queue;
        final Seat seat;
        private final Untold untold = new Untold();
        boolean alive = true;
        /** What it may have by itself beyond what the others know of: one, once it was lost while it held none. */
        int beyond;

        private Optional<Word> asked = Optional.empty();
        private boolean again;

        Node(String name) {
            this.name = name;
            queue = new FairQueue<>(new Capacity(places, 100_000, 1L << 40), new Guarantees(List.of(0, 1)));
            queue.tell(untold);
            seat = new Seat(name, 0);
            share();
        }

        void ask(Customer customer, long input, long output, long most) {
            Job job = new Job(customer, input, output, most);
            customer.largest = Math.max(customer.largest, input + 2 * most);
            Flow flow = new Flow(customer.line.tenant(), "", customer.line.priority(), customer.weight);
            switch (queue.arrive(new Arrival(flow, input, most, 1, Long.MAX_VALUE / 2), job, now)) {
                case Admission.Started<Job> started -> begin(started.ticket());
                case Admission.Queued<Job> _ -> {
                    customer.waiting++;
                    tell();
                }
                case Admission.Refused<Job> refused -> throw new AssertionError(refused);
            }
        }

        /** Says what there is to say, one word at a time. */
        void tell() {
            again = asked.isPresent();
            if (again || !alive) {
                return;
            }
            Word word = seat.word(
                    queue.running(),
                    (int) nodes.values().stream().filter(one -> one.alive).count(),
                    untold.take(),
                    queue.bids(32, now));
            share();
            asked = Optional.of(word);
            at(now + PATIENCE_MICROS, () -> lost(word));
            way(() -> {
                Answer answer = order.hear(word, places, now);
                way(() -> hear(word, answer));
            });
        }

        private void hear(Word word, Answer answer) {
            if (!alive || asked.filter(word::equals).isEmpty()) {
                return;
            }
            boolean wasLeased = seat.standing() != Seat.Standing.ORDERED;
            asked = Optional.empty();
            seat.hear(word, answer);
            share();
            if (answer instanceof Answer.Ordered ordered) {
                for (int call : ordered.calls()) {
                    Bid bid = word.bids().get(call);
                    untold.add(bid.line(), bid.weight(), -bid.cost());
                    queue.call(bid.line(), now).ifPresent(this::take);
                }
                again |= wasLeased;
            }
            callOn();
            if (again) {
                tell();
            }
        }

        private void lost(Word word) {
            if (alive && asked.filter(word::equals).isPresent()) {
                asked = Optional.empty();
                seat.lost(places, nodes.size());
                beyond = word.hold().slots() == 0 ? 1 : beyond;
                untold.take();
                share();
                callOn();
            }
        }

        private void share() {
            queue.share(new Share(seat.slots(), Math.max(1, places / 4), Optional.of(seat.standing())));
        }

        private void callOn() {
            for (var turn = queue.next(now); turn.isPresent(); turn = queue.next(now)) {
                take(turn.orElseThrow());
            }
        }

        private void take(Turn<Job> turn) {
            Ticket<Job> ticket = ((Turn.Called<Job>) turn).ticket();
            ticket.kept().customer.waiting--;
            begin(ticket);
        }

        private void begin(Ticket<Job> ticket) {
            Job job = ticket.kept();
            job.ticket = Optional.of(ticket);
            job.customer.running.add(job);
            job.customer.begun++;
            queue.firstToken(ticket, now);
            write(job);
        }

        private void write(Job job) {
            long piece = Math.min(PIECE, job.output - job.written);
            at(now + Math.max(1, piece * MICROS_PER_TOKEN), () -> {
                if (!alive) {
                    return;
                }
                job.written += piece;
                Ticket<Job> ticket = job.ticket.orElseThrow();
                queue.extend(ticket, job.written);
                if (job.written < job.output) {
                    write(job);
                    return;
                }
                queue.settle(ticket, job.input, job.output, now);
                job.customer.running.remove(job);
                job.customer.finished += job.done();
                callOn();
                if (seat.standing() == Seat.Standing.ORDERED) {
                    tell();
                }
            });
        }

        void beat(long ticks) {
            if (seat.standing() == Seat.Standing.ORDERED || queue.waiting() > 0 || ticks % 5 == 0) {
                tell();
            }
        }

        /** Comes to its end: what it has still to do it does. */
        void leave() {
            seat.leave();
            tell();
        }

        void die() {
            alive = false;
            customers.stream().filter(one -> one.node == this).forEach(one -> one.running.clear());
        }

        int running() {
            return alive ? queue.running() : 0;
        }
    }

    final int places;
    final SplittableRandom random;
    final Map<String, Node> nodes = new LinkedHashMap<>();
    final List<Customer> customers = new ArrayList<>();
    Order order = new Order();
    boolean away;
    int lossPercent;
    long now;
    Runnable afterEach = () -> {};
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::micros).thenComparingLong(Event::number));
    private long numbers;
    private long placeMicros;

    Nodes(int places, int count, long seed) {
        this.places = places;
        this.random = new SplittableRandom(seed);
        for (int i = 0; i < count; i++) {
            Node node = new Node("node-" + i);
            nodes.put(node.name, node);
            beat(node, random.nextLong(TICK_MICROS), 0);
        }
    }

    private void beat(Node node, long micros, long ticks) {
        at(micros, () -> {
            node.beat(ticks);
            beat(node, micros + TICK_MICROS, ticks + 1);
        });
    }

    Customer customer(String tenant, int priority, int weight, int node) {
        Customer customer = new Customer(new Line(priority, tenant), weight, node(node));
        customers.add(customer);
        return customer;
    }

    Node node(int number) {
        return Objects.requireNonNull(nodes.get("node-" + number));
    }

    int running() {
        return nodes.values().stream().mapToInt(Node::running).sum();
    }

    /** The part of the places that were taken since it was last asked for. */
    double utilisation(long sinceMicros) {
        double part = (double) placeMicros / places / (now - sinceMicros);
        placeMicros = 0;
        return part;
    }

    void runUntil(long micros) {
        while (!events.isEmpty() && events.peek().micros <= micros) {
            Event event = events.remove();
            placeMicros += running() * (event.micros - now);
            now = event.micros;
            event.what.run();
            afterEach.run();
        }
    }

    void at(long micros, Runnable what) {
        events.add(new Event(micros, ++numbers, what));
    }

    /** From or to the store; over one connection, so that nothing overtakes anything by much. */
    private void way(Runnable what) {
        if (!away && random.nextInt(100) >= lossPercent) {
            at(now + random.nextLong(100, 2_000), what);
        }
    }
}
