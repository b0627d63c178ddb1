package io.atlas.kernel.fair;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * A backend of so many places, each of which does a unit of work in a microsecond, behind the queue; in a time of its own.
 * It knows what was really done for whom, by its own books.
 */
final class Engine {
    /** How the queue is told of what happens: as it is, or with an error. */
    enum Telling {
        TRUE,
        CHARGED_AT_COMPLETION,
        NEVER_REFUNDED,
        NEVER_TOPPED_UP,
        WITHOUT_WEIGHTS
    }

    private record Event(long micros, long number, Runnable what) {}

    /** Whose requests these are. */
    static final class Customer {
        final String tenant;
        final int priority;
        final int weight;
        final Set<Job> jobs = new LinkedHashSet<>();
        final List<Long> waits = new ArrayList<>();
        final List<Double> errors = new ArrayList<>();
        long finishedWork;
        int waiting;
        int turns;
        int refused;

        Customer(String tenant, int priority, int weight) {
            this.tenant = tenant;
            this.priority = priority;
            this.weight = weight;
        }

        int running() {
            return jobs.size();
        }

        long waited(int percent) {
            List<Long> sorted = waits.stream().sorted().toList();
            return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
        }
    }

    /** One request, which its queue does not know to write only so much. */
    record Job(Customer customer, long input, long output, long most, long cameMicros, Progress progress) {
        long work() {
            return Arrival.cost(input, output);
        }
    }

    /** How far a request is. */
    static final class Progress {
        long startedMicros = -1;
        OptionalLong foretoldMicros = OptionalLong.empty();
        boolean over;
    }

    final FairQueue<Job> queue;
    private final Telling telling;
    private final int places;
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::micros).thenComparingLong(Event::number));
    private long numbers;
    private long placeMicros;
    long now;
    long patienceMicros = Long.MAX_VALUE / 2;
    int expired;
    Runnable afterEach = () -> {};

    Engine(Capacity capacity, Guarantees guarantees, Telling telling, Turns.Lift lift) {
        this.queue = new FairQueue<>(capacity, guarantees, lift);
        this.telling = telling;
        this.places = capacity.places();
    }

    void at(long micros, Runnable what) {
        events.add(new Event(micros, ++numbers, what));
    }

    void runUntil(long micros) {
        while (!events.isEmpty() && events.peek().micros <= micros) {
            Event event = events.remove();
            placeMicros += queue.running() * (event.micros - now);
            now = event.micros;
            event.what.run();
            callAll();
            afterEach.run();
        }
    }

    /** The part of the time in which places were taken. */
    double utilisation() {
        return (double) placeMicros / now / places;
    }

    /** A request of real lengths, which might be up to four times as long. */
    Job job(Customer customer, SplittableRandom random) {
        long[] length = Lengths.any(random);
        return job(customer, length[0], length[1], length[1] * random.nextLong(1, 5));
    }

    Job job(Customer customer, long input, long output, long most) {
        return new Job(customer, input, output, most, now, new Progress());
    }

    /** Comes to the queue; the ticket is there unless the request was refused. */
    List<Ticket<Job>> ask(Job job) {
        return switch (queue.arrive(arrival(job), job, now)) {
            case Admission.Started<Job> started -> {
                begin(started.ticket());
                yield List.of(started.ticket());
            }
            case Admission.Queued<Job> queued -> {
                job.customer.waiting++;
                job.progress.foretoldMicros = queued.quote().waitMicros();
                queued.displaced().ifPresent(gone -> {
                    gone.kept().customer.waiting--;
                    gone.kept().customer.refused++;
                });
                yield List.of(queued.ticket());
            }
            case Admission.Refused<Job> _ -> {
                job.customer.refused++;
                yield List.of();
            }
        };
    }

    /** Keeps so many requests of the customer on their way. */
    void keepAsking(Customer customer, int outstanding, SplittableRandom random) {
        while (customer.waiting + customer.running() < outstanding) {
            ask(job(customer, random));
        }
    }

    /** Asks at random moments, so often that it is so much work in a microsecond. */
    void askAtRandom(Customer customer, double workPerMicro, SplittableRandom random) {
        Job job = job(customer, random);
        double mean = 1_700 / workPerMicro;
        at(now + 1 + (long) (-Math.log(1 - random.nextDouble()) * mean), () -> {
            ask(job(customer, job.input, job.output, job.most));
            askAtRandom(customer, workPerMicro, random);
        });
    }

    void leave(Ticket<Job> ticket) {
        if (queue.leave(ticket)) {
            ticket.kept().customer.waiting--;
        } else {
            end(ticket, generated(ticket.kept()));
        }
    }

    long served(Customer customer) {
        return customer.finishedWork
                + customer.jobs.stream()
                        .mapToLong(job -> Arrival.cost(job.input, generated(job)))
                        .sum();
    }

    long generated(Job job) {
        long since = now - job.progress.startedMicros;
        return Math.min(job.output, job.output * since / Math.max(1, job.work()));
    }

    private Arrival arrival(Job job) {
        boolean nothing = telling == Telling.CHARGED_AT_COMPLETION;
        Flow flow = new Flow(
                job.customer.tenant,
                "",
                job.customer.priority,
                telling == Telling.WITHOUT_WEIGHTS ? 1 : job.customer.weight);
        return new Arrival(flow, nothing ? 0 : job.input, nothing ? 0 : job.most, 1_000, now + patienceMicros);
    }

    private void callAll() {
        for (var turn = queue.next(now); turn.isPresent(); turn = queue.next(now)) {
            switch (turn.orElseThrow()) {
                case Turn.Called<Job> called -> {
                    called.ticket().kept().customer.waiting--;
                    begin(called.ticket());
                }
                case Turn.Expired<Job> late -> {
                    late.ticket().kept().customer.waiting--;
                    expired++;
                }
            }
        }
    }

    private void begin(Ticket<Job> ticket) {
        Job job = ticket.kept();
        job.progress.startedMicros = now;
        job.customer.jobs.add(job);
        job.customer.turns++;
        long waited = now - job.cameMicros;
        job.customer.waits.add(waited);
        job.progress.foretoldMicros.ifPresent(
                foretold -> job.customer.errors.add(Math.abs(foretold - waited) / (double) Math.max(1, waited)));
        at(now + job.work(), () -> end(ticket, job.output));
        watch(ticket);
    }

    /** Says so when it writes more than was paid. */
    private void watch(Ticket<Job> ticket) {
        Job job = ticket.kept();
        long paid = ticket.paidOutputTokens();
        if (paid < job.output && telling != Telling.NEVER_TOPPED_UP && telling != Telling.CHARGED_AT_COMPLETION) {
            at(job.progress.startedMicros + Math.ceilDiv((paid + 1) * job.work(), job.output), () -> {
                if (!job.progress.over) {
                    queue.extend(ticket, generated(job));
                    watch(ticket);
                }
            });
        }
    }

    private void end(Ticket<Job> ticket, long written) {
        Job job = ticket.kept();
        if (job.progress.over) {
            return;
        }
        job.progress.over = true;
        job.customer.jobs.remove(job);
        job.customer.finishedWork += Arrival.cost(job.input, written);
        long paid = ticket.paidOutputTokens();
        long told = switch (telling) {
            case NEVER_REFUNDED -> Math.max(written, paid);
            case NEVER_TOPPED_UP -> Math.min(written, paid);
            case TRUE, CHARGED_AT_COMPLETION, WITHOUT_WEIGHTS -> written;
        };
        queue.settle(ticket, job.input, told, now);
    }
}
