package io.atlas.kernel.fair;

import io.atlas.kernel.fair.Engine.Customer;
import io.atlas.kernel.fair.Engine.Job;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How far any two were ever apart in what was done for them by their weights, while both had something waiting, beside the
 * bound that the theorem has for the two in that time. All by the engine's books.
 */
final class Gaps {
    private final Engine engine;
    private final List<Customer> customers;
    private final int places;
    private final Map<Job, Ticket<Job>> tickets;
    private final List<Pair> pairs = new ArrayList<>();
    private double worst;

    Gaps(Engine engine, List<Customer> customers, int places, Map<Job, Ticket<Job>> tickets) {
        this.engine = engine;
        this.customers = customers;
        this.places = places;
        this.tickets = tickets;
        for (int i = 0; i < customers.size(); i++) {
            for (int j = 0; j < i; j++) {
                pairs.add(new Pair(new Side(customers.get(i)), new Side(customers.get(j))));
            }
        }
    }

    /** The widest gap in parts of its bound: above 1 the theorem is broken. */
    double worst() {
        return worst;
    }

    void look() {
        long weights = customers.stream()
                .filter(customer -> customer.waiting > 0)
                .mapToLong(customer -> customer.weight)
                .sum();
        Map<Customer, Long> served = new HashMap<>();
        customers.forEach(customer -> served.put(customer, engine.served(customer)));
        pairs.forEach(pair -> pair.look(weights, served));
    }

    /** One of two: what is its own in the bound. */
    private final class Side {
        final Customer customer;
        int turnsBefore;
        long mostUnused;
        long mostOverrun;
        long largest;

        Side(Customer customer) {
            this.customer = customer;
        }

        void begin() {
            turnsBefore = customer.turns;
            mostUnused = 0;
            mostOverrun = 0;
            largest = 0;
        }

        boolean waits(long weights) {
            int running = customer.running();
            boolean stopped = running > 0 && running * weights >= 2L * places * customer.weight;
            return customer.waiting > 0 && !stopped;
        }

        boolean hadATurn() {
            return customer.turns > turnsBefore;
        }

        void look() {
            long unused = 0;
            long overrun = 0;
            for (Job job : customer.jobs) {
                long paid = Objects.requireNonNull(tickets.get(job)).paidOutputTokens();
                unused += Arrival.cost(0, paid - engine.generated(job));
                overrun += Arrival.cost(0, Math.max(0, job.most() - paid));
                largest = Math.max(largest, Arrival.cost(job.input(), job.most()));
            }
            mostUnused = Math.max(mostUnused, unused);
            mostOverrun = Math.max(mostOverrun, overrun);
        }

        double bound() {
            return (double) (mostUnused + mostOverrun + largest) / customer.weight;
        }
    }

    private final class Pair {
        private final Side one;
        private final Side other;
        private double most = Double.NEGATIVE_INFINITY;
        private double least = Double.POSITIVE_INFINITY;

        Pair(Side one, Side other) {
            this.one = one;
            this.other = other;
        }

        void look(long weights, Map<Customer, Long> served) {
            if (!one.waits(weights) || !other.waits(weights)) {
                one.begin();
                other.begin();
                most = Double.NEGATIVE_INFINITY;
                least = Double.POSITIVE_INFINITY;
                return;
            }
            one.look();
            other.look();
            if (one.hadATurn() && other.hadATurn()) {
                double apart = normalised(one, served) - normalised(other, served);
                most = Math.max(most, apart);
                least = Math.min(least, apart);
                worst = Math.max(worst, (most - least) / (one.bound() + other.bound()));
            }
        }

        private double normalised(Side side, Map<Customer, Long> served) {
            return (double) served.getOrDefault(side.customer, 0L) / side.customer.weight;
        }
    }
}
