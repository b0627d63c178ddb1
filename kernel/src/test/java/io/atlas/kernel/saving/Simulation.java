package io.atlas.kernel.saving;

import io.atlas.kernel.fair.Admission;
import io.atlas.kernel.fair.Arrival;
import io.atlas.kernel.fair.Capacity;
import io.atlas.kernel.fair.FairQueue;
import io.atlas.kernel.fair.Flow;
import io.atlas.kernel.fair.Guarantees;
import io.atlas.kernel.fair.Ticket;
import io.atlas.kernel.fair.Turn;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.route.Rung;
import io.atlas.kernel.route.Saving;
import io.atlas.kernel.saving.Budget.Answer;
import io.atlas.kernel.saving.Budget.Way;
import io.atlas.kernel.saving.Customer.Tier;
import io.atlas.kernel.saving.Trace.Request;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Tenants with their budgets before models on slots, in a time of its own. The lighter model is no faster: that it is would
 * only make room.
 */
final class Simulation {
    static final String LARGE = "large";
    static final String SMALL = "small";

    /** Of the example of the configuration, by the token. */
    private static final Price LARGE_PRICE = new Price(2_500_000, 2_500_000, 10_000_000);

    private static final Price SMALL_PRICE = new Price(150_000, 150_000, 600_000);

    /** As many as there are in parts of which {@link Customer#asks} is told. */
    static final int PLACES = 32;

    private static final double MICROS_OF_A_TOKEN = 4_000;

    /** A queue that has only just begun has seen no answers, foretells the worst, and is not judged by that. */
    private static final long BEGUN_MICROS = 30_000_000;

    /** Whose the slots are. */
    enum Slots {
        OF_BOTH_MODELS,
        OF_EACH_MODEL
    }

    /** What is done wrong. */
    enum Fault {
        NONE,
        /** Who is not served as he asked waits as if he were of the highest tier. */
        STAND_INS_FIRST,
        /** All wait in one line. */
        FIRST_COME,
        /** Nobody is served by a lighter model because his budget runs low. */
        NO_LIGHTER_MODEL
    }

    private record Event(long micros, long number, Runnable what) {}

    /** A request that was let through. */
    private record Sent(Customer customer, Request request, Answer answer, long[] startedMicros) {}

    private final Slots slots;
    private final Fault fault;
    private final Map<String, FairQueue<Sent>> queues = new LinkedHashMap<>();
    private final Map<String, Budget> budgets = new LinkedHashMap<>();
    private final Map<String, Seen> seen = new LinkedHashMap<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::micros).thenComparingLong(Event::number));
    private long numbers;
    private long now;

    Simulation(int places, Slots slots, Fault fault) {
        this.slots = slots;
        this.fault = fault;
        Guarantees guarantees = new Guarantees(
                Stream.of(Tier.values()).map(tier -> tier.priority).toList());
        Capacity capacity = new Capacity(places, 1_000, 1L << 40);
        queues.put(LARGE, new FairQueue<>(capacity, guarantees));
        queues.put(SMALL, new FairQueue<>(capacity, guarantees));
    }

    /**
     * So many requests of these tenants will come, in such bursts as real ones did. Whose each is depends on the seed and on
     * how much each asks, and on nothing else.
     */
    void offer(List<Customer> customers, int requests, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Map<Customer, List<Request>> wishes = new LinkedHashMap<>();
        customers.forEach(customer -> wishes.put(customer, new ArrayList<>()));
        double asks = asks(customers);
        for (Request request : stretched(Trace.window(requests, random), asks)) {
            Customer customer = any(customers, random.nextDouble() * asks);
            of(wishes, customer).add(request);
            at(request.micros(), () -> come(customer, request));
        }
        wishes.forEach((customer, all) -> {
            budgets.put(customer.name(), budget(customer, all));
            seen.put(customer.name(), new Seen());
        });
    }

    /** What each tenant saw in the end. */
    Map<String, Seen> run() {
        while (!events.isEmpty()) {
            Event event = events.remove();
            now = event.micros;
            event.what.run();
            queues.values().forEach(this::callAll);
        }
        return seen;
    }

    static double asks(List<Customer> customers) {
        return customers.stream().mapToDouble(Customer::asks).sum();
    }

    /** So much closer together, or further apart, that all of it is what they ask of the slots. */
    private static List<Request> stretched(List<Request> window, double asks) {
        double work = window.stream().mapToLong(Request::work).sum();
        double stretch =
                work * MICROS_OF_A_TOKEN / PLACES / asks / window.getLast().micros();
        return window.stream()
                .map(request -> request.at((long) (request.micros() * stretch)))
                .toList();
    }

    private static Customer any(List<Customer> customers, double dice) {
        double left = dice;
        for (Customer customer : customers) {
            left -= customer.asks();
            if (left < 0) {
                return customer;
            }
        }
        return customers.getLast();
    }

    private Budget budget(Customer customer, List<Request> wishes) {
        Price price = customer.model().equals(LARGE) ? LARGE_PRICE : SMALL_PRICE;
        long cost = wishes.stream()
                .mapToLong(one -> price.ceilingNanoUsd(one.inputTokens(), one.outputTokens()))
                .sum();
        long tokens = wishes.stream()
                .mapToLong(one -> one.inputTokens() + one.outputTokens())
                .sum();
        List<Saving> whenLow = fault == Fault.NO_LIGHTER_MODEL ? List.of() : List.of(Saving.DOWNGRADE);
        long often = 100;
        return switch (customer.purse()) {
            case FULL -> new Budget(customer.name(), whenLow, often * cost, 0);
            case SCANT ->
                new Budget(customer.name(), whenLow, customer.model().equals(LARGE) ? cost / 8 : cost / 4, tokens / 4);
            case LOW -> {
                Budget low = new Budget(customer.name(), whenLow, often * cost, 0);
                low.spent(81);
                yield low;
            }
        };
    }

    private void come(Customer customer, Request request) {
        Answer answer = of(budgets, customer.name()).ask("request-" + ++numbers, chain(customer, request), now);
        of(seen, customer.name()).answered(answer.way());
        if (answer.way() != Way.NOT && answer.way() != Way.NOT_YET) {
            send(new Sent(customer, request, answer, new long[1]));
        }
    }

    private static List<Rung> chain(Customer customer, Request request) {
        Rung small = rung(SMALL, SMALL_PRICE, request);
        return customer.model().equals(LARGE) ? List.of(rung(LARGE, LARGE_PRICE, request), small) : List.of(small);
    }

    private static Rung rung(String model, Price price, Request request) {
        return new Rung(model, "", price, request.inputTokens(), request.mostOutputTokens(), 1);
    }

    private void send(Sent sent) {
        FairQueue<Sent> queue = queue(sent);
        Request request = sent.request;
        long deadline = now + sent.customer.patienceMicros();
        Arrival arrival = new Arrival(flow(sent), request.inputTokens(), request.mostOutputTokens(), 1_000, deadline);
        switch (queue.arrive(arrival, sent, now)) {
            case Admission.Started<Sent> started -> begin(started.ticket());
            case Admission.Queued<Sent> queued -> {
                queued.displaced().map(Ticket::kept).ifPresent(this::lose);
                at(deadline, () -> {
                    if (queue.leave(queued.ticket())) {
                        lose(sent);
                    }
                });
            }
            case Admission.Refused<Sent> _ -> lose(sent);
        }
    }

    private FairQueue<Sent> queue(Sent sent) {
        return of(
                queues,
                slots == Slots.OF_BOTH_MODELS ? SMALL : sent.answer.rung().model());
    }

    private Flow flow(Sent sent) {
        boolean lifted = fault == Fault.STAND_INS_FIRST && sent.answer.way() != Way.AS_ASKED;
        Tier tier = lifted ? Tier.ENTERPRISE : sent.customer.tier();
        return fault == Fault.FIRST_COME
                ? new Flow("everybody", "", 0, 1)
                : new Flow(sent.customer.name(), "", tier.priority, tier.weight);
    }

    private void lose(Sent sent) {
        Quota.release(sent.answer.held(), now);
        if (judged(sent)) {
            of(seen, sent.customer.name()).overloaded++;
        }
    }

    private void callAll(FairQueue<Sent> queue) {
        for (var turn = queue.next(now); turn.isPresent(); turn = queue.next(now)) {
            switch (turn.orElseThrow()) {
                case Turn.Called<Sent> called -> begin(called.ticket());
                case Turn.Expired<Sent> late -> lose(late.ticket().kept());
            }
        }
    }

    private void begin(Ticket<Sent> ticket) {
        Sent sent = ticket.kept();
        sent.startedMicros[0] = now;
        if (judged(sent)) {
            of(seen, sent.customer.name()).waits.add(now - sent.request.micros());
        }
        at(now + duration(sent.request), () -> end(ticket));
        watch(ticket);
    }

    /** Says so when it writes more than the queue expected. */
    private void watch(Ticket<Sent> ticket) {
        Sent sent = ticket.kept();
        long paid = ticket.paidOutputTokens();
        if (paid < sent.request.outputTokens()) {
            long after = Math.ceilDiv((paid + 1) * duration(sent.request), sent.request.outputTokens());
            at(sent.startedMicros[0] + after - 1, () -> {
                queue(sent).extend(ticket, paid + 1);
                watch(ticket);
            });
        }
    }

    private void end(Ticket<Sent> ticket) {
        Sent sent = ticket.kept();
        Request request = sent.request;
        queue(sent).settle(ticket, request.inputTokens(), request.outputTokens(), now);
        Quota.settle(sent.answer.held(), Budget.demand(sent.answer.rung(), request.outputTokens()), now);
        if (judged(sent)) {
            of(seen, sent.customer.name()).times.add(now - request.micros());
        }
    }

    private static boolean judged(Sent sent) {
        return sent.request.micros() >= BEGUN_MICROS;
    }

    private static long duration(Request request) {
        return (long) (request.work() * MICROS_OF_A_TOKEN);
    }

    private void at(long micros, Runnable what) {
        events.add(new Event(micros, ++numbers, what));
    }

    private static <K, V> V of(Map<K, V> map, K key) {
        return Objects.requireNonNull(map.get(key));
    }
}
