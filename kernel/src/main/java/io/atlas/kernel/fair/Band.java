package io.atlas.kernel.fair;

import io.atlas.kernel.order.Bid;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.stream.Stream;

/** All who share one priority: by their weights, one against the other. */
final class Band<T> {
    /** So many requests that were begun while it waited count; more of them count half. */
    private static final int WINDOW = 256;

    /** Fewer say nothing. */
    private static final int ENOUGH = 32;

    private static final int SWEEP = 64;

    final int priority;
    private final Turns.Lift lift;
    private final Map<String, Tenant<T>> tenants = new HashMap<>();
    private final Turns<Tenant<T>> turns;
    /** Who has as many places as he may while others wait; first who will be let go first. */
    private final TreeSet<Tenant<T>> stopped =
            new TreeSet<>(Comparator.comparingDouble((Tenant<T> tenant) -> (double) tenant.running / tenant.weight)
                    .thenComparing(tenant -> tenant.name));
    /** Who has something waiting; last who has most of it by his weight. */
    private final TreeSet<Tenant<T>> longest = new TreeSet<>(
            Comparator.comparingDouble((Tenant<T> tenant) -> tenant.occupied()).thenComparing(tenant -> tenant.name));

    /** The work that is due to it before others. Kept by {@link Bands}. */
    long credit;

    private int waiting;
    private int running;
    private long waitingWeight;
    /** The work that waits, as it is taken to be. */
    private long waitingCost;

    private int changesSeen;
    private long workSeen;
    private long ownWorkSeen;
    private int sweepAt = SWEEP;

    Band(int priority, Turns.Lift lift) {
        this.priority = priority;
        this.lift = lift;
        this.turns = new Turns<>(lift);
    }

    int waiting() {
        return waiting;
    }

    /** The tenant of that flow, with the weight that it has now. */
    Tenant<T> tenant(Flow flow) {
        Tenant<T> tenant = tenants.computeIfAbsent(flow.tenant(), name -> new Tenant<>(name, this, lift));
        if (tenant.weight != flow.weight()) {
            boolean waits = longest.remove(tenant);
            boolean wasStopped = stopped.remove(tenant);
            waitingWeight += waits ? flow.weight() - tenant.weight : 0;
            tenant.weight = flow.weight();
            if (waits) {
                longest.add(tenant);
            }
            if (wasStopped) {
                stopped.add(tenant);
            }
        }
        return tenant;
    }

    void add(Ticket<T> ticket) {
        Tenant<T> tenant = ticket.tenant();
        longest.remove(tenant);
        if (tenant.waiting == 0) {
            waitingWeight += tenant.weight;
            turns.join(tenant);
        }
        tenant.add(ticket);
        longest.add(tenant);
        waiting++;
        waitingCost += ticket.charged;
    }

    void remove(Ticket<T> ticket) {
        Tenant<T> tenant = ticket.tenant();
        longest.remove(tenant);
        tenant.remove(ticket);
        waiting--;
        waitingCost -= ticket.charged;
        if (tenant.waiting == 0) {
            waitingWeight -= tenant.weight;
            turns.leave(tenant);
            stopped.remove(tenant);
            forgetIdle(tenant);
        } else {
            longest.add(tenant);
        }
    }

    /** The first of that tenant, if any of his wait. */
    Optional<Ticket<T>> first(String tenant) {
        return Optional.ofNullable(tenants.get(tenant))
                .filter(known -> known.waiting > 0)
                .map(Tenant::next);
    }

    /** What waits, those with least behind them first; what is stopped last. */
    Stream<Bid> bids(int sureMillionths, long nowMicros) {
        return Stream.concat(turns.stream(), stopped.stream()).map(tenant -> tenant.bid(sureMillionths, nowMicros));
    }

    /** The request whose turn it is; something must be waiting. */
    Ticket<T> next(int places) {
        while (!stopped.isEmpty() && mayHaveOneMore(stopped.first(), places)) {
            turns.join(stopped.removeFirst());
        }
        while (!mayHaveOneMore(turns.first(), places)) {
            Tenant<T> tenant = turns.first();
            turns.leave(tenant);
            stopped.add(tenant);
        }
        return turns.first().next();
    }

    /**
     * Nobody has more than twice his share of the places while others wait: if the measure of work is wrong for a backend,
     * work is shared, but not time. All who wait cannot be at that bound while a place is free, as their bounds are
     * together twice the places; so none is left empty.
     */
    private boolean mayHaveOneMore(Tenant<T> tenant, int places) {
        return tenant.running == 0 || tenant.running * waitingWeight < 2L * places * tenant.weight;
    }

    void start(Ticket<T> ticket) {
        running++;
        ticket.tenant().start(ticket);
        remove(ticket);
    }

    void end(Ticket<T> ticket) {
        Tenant<T> tenant = ticket.tenant();
        boolean wasStopped = stopped.remove(tenant);
        running--;
        tenant.end(ticket);
        if (wasStopped) {
            stopped.add(tenant);
        }
        forgetIdle(tenant);
    }

    void charge(Tenant<T> tenant, long parts) {
        turns.charge(tenant, parts);
    }

    /** Whether a newcomer has less of the queue's room than the one who has most, so that that one gives way. */
    Optional<Ticket<T>> toGiveWay(Team<T> newcomer) {
        if (longest.isEmpty()) {
            return Optional.empty();
        }
        Tenant<T> most = longest.last();
        if (most == newcomer.tenant) {
            return most.longest(Optional.of(newcomer));
        }
        double afterwards = newcomer.tenant.occupied() * newcomer.tenant.weight
                + most.occupied() * most.weight / Math.max(1, most.waiting);
        return most.occupied() > afterwards / newcomer.tenant.weight
                ? most.longest(Optional.empty())
                : Optional.empty();
    }

    /** The newest of the one who has most. */
    Optional<Ticket<T>> last() {
        return longest.isEmpty() ? Optional.empty() : longest.last().longest(Optional.empty());
    }

    /**
     * How much work of this band is done before one more request of that team: until the others are where it is, which
     * takes no more than they have waiting, and then beside what waits of its own tenant.
     */
    double workAhead(Team<T> team) {
        Tenant<T> tenant = team.tenant;
        double behind = Sharer.cost(turns.lifted(tenant) - turns.virtualTime(), tenant.weight);
        long weights = waitingWeight + (tenant.waiting == 0 ? tenant.weight : 0);
        double tillEven = behind * (weights - tenant.weight) / tenant.weight;
        double since = (double) tenant.costAhead(team) * weights / tenant.weight;
        return Math.max(0, Math.min(tillEven, (double) waitingCost - tenant.waitingCost) + since);
    }

    /** While it waits, so much work was begun at the backend, or proved not to be needed. */
    void saw(Band<T> by, long cost) {
        changesSeen++;
        workSeen += cost;
        ownWorkSeen += by == this ? cost : 0;
        if (changesSeen > WINDOW) {
            changesSeen /= 2;
            workSeen /= 2;
            ownWorkSeen /= 2;
        }
    }

    /** The part of all work that it got while it waited, where enough was seen. */
    OptionalDouble partSeen() {
        return changesSeen < ENOUGH || workSeen <= 0
                ? OptionalDouble.empty()
                : OptionalDouble.of(Math.clamp((double) ownWorkSeen / workSeen, 0, 1));
    }

    /** The most by which any two tenants can be apart. */
    double bound() {
        double first = 0;
        double second = 0;
        for (Tenant<T> tenant : longest) {
            double bound = tenant.bound();
            second = Math.max(second, Math.min(first, bound));
            first = Math.max(first, bound);
        }
        return second == 0 ? 0 : first + second;
    }

    /** Forgets whom nothing came of. */
    void forget(Team<T> team) {
        team.tenant.forgetIdle(team);
        forgetIdle(team.tenant);
    }

    /** The teams that have something waiting; first those of the tenant who has most of it by his weight. */
    Stream<Team<T>> waitingTeams() {
        return longest.descendingSet().stream().flatMap(Tenant::waitingTeams);
    }

    int tenants() {
        return tenants.size();
    }

    boolean isEmpty() {
        return tenants.isEmpty();
    }

    /**
     * What is idle and no further than those who wait would begin there again anyway; and when nobody has anything at all,
     * nobody is further than anybody.
     */
    private void forgetIdle(Tenant<T> tenant) {
        if (!tenant.idle()) {
            return;
        }
        tenant.rest();
        if (tenant.counter <= turns.virtualTime()) {
            tenants.remove(tenant.name);
        } else if (tenants.size() >= sweepAt) {
            boolean allIdle = running == 0 && waiting == 0;
            tenants.values().removeIf(each -> each.idle() && (allIdle || each.counter <= turns.virtualTime()));
            sweepAt = Math.max(SWEEP, 2 * tenants.size());
        }
    }
}
