package io.atlas.kernel.fair;

import io.atlas.kernel.order.Bid;
import io.atlas.kernel.order.Line;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What one tenant has in one band: its teams, what waits and what is being served. */
final class Tenant<T> extends Sharer {
    /** What a waiting request takes beside its body; so a thousand small ones weigh something, too. */
    private static final long BYTES_OF_A_REQUEST = 64 << 10;

    private static final Comparator<Team<?>> BY_LENGTH =
            Comparator.comparingInt((Team<?> team) -> team.line.size()).thenComparing(team -> team.name);

    final String name;
    final Band<T> band;
    private final Map<String, Team<T>> teams = new HashMap<>();
    private final Turns<Team<T>> turns;
    int waiting;
    long waitingBytes;
    long waitingCost;
    /** Its answers that came to their end, by which the next are estimated. */
    final Pace pace = new Pace();

    private long unused;
    private long overrun;
    private long mostUnused;
    private long mostOverrun;

    Tenant(String name, Band<T> band, Turns.Lift lift) {
        this.name = name;
        this.band = band;
        this.turns = new Turns<>(lift);
    }

    Team<T> team(String teamName) {
        return teams.computeIfAbsent(teamName, absent -> new Team<>(absent, this));
    }

    /** Its place in the queue's room by its weight; who has most gives way first. */
    double occupied() {
        return (double) (waiting * BYTES_OF_A_REQUEST + waitingBytes) / weight;
    }

    void add(Ticket<T> ticket) {
        Team<T> team = ticket.team;
        if (team.line.isEmpty()) {
            turns.join(team);
        }
        team.line.addLast(ticket);
        team.waitingCost += ticket.charged;
        count(ticket, 1);
        largestCost = Math.max(largestCost, ticket.arrival().maxCost());
        team.largestCost = Math.max(team.largestCost, ticket.arrival().maxCost());
    }

    void remove(Ticket<T> ticket) {
        Team<T> team = ticket.team;
        team.line.remove(ticket);
        team.waitingCost -= ticket.charged;
        count(ticket, -1);
        if (team.line.isEmpty()) {
            turns.leave(team);
            forgetIdle(team);
        }
    }

    Ticket<T> next() {
        return turns.first().line.getFirst();
    }

    Bid bid(int sureMillionths, long nowMicros) {
        Ticket<T> first = next();
        return new Bid(
                new Line(band.priority, name),
                weight,
                sureMillionths,
                first.charged,
                running > 0 ? largestCost : 0,
                waiting,
                Math.max(0, nowMicros - first.arrivedMicros));
    }

    /** The newest request of the team with most of them, if it has more than the one for which it would give way. */
    Optional<Ticket<T>> longest(Optional<Team<T>> newcomer) {
        return teams.values().stream()
                .max(BY_LENGTH)
                .filter(team -> newcomer.isEmpty()
                        || team.line.size() > newcomer.orElseThrow().line.size() + 1)
                .map(team -> team.line.getLast());
    }

    /** The teams that have something waiting, those with most of it first. */
    Stream<Team<T>> waitingTeams() {
        return teams.values().stream().filter(team -> !team.line.isEmpty()).sorted(BY_LENGTH.reversed());
    }

    /** What of this tenant's own would be served before one more of that team, as far as it can be told. */
    long costAhead(Team<T> team) {
        long ofTeam = (long) Sharer.cost(turns.lifted(team) - turns.virtualTime(), team.weight) + team.waitingCost;
        int teamsWaiting = turns.size() + (team.line.isEmpty() ? 1 : 0);
        return Math.clamp(ofTeam * teamsWaiting, 0, waitingCost);
    }

    void start(Ticket<T> ticket) {
        running++;
        ticket.team.running++;
    }

    /** One of its requests is over, and all of it is paid for. */
    void end(Ticket<T> ticket) {
        running--;
        ticket.team.running--;
        forgetIdle(ticket.team);
    }

    /** The work of a running request is no longer taken to be the one, but the other. */
    void recharge(Ticket<T> ticket, long before, long after) {
        band.charge(this, perWeight(after, ticket.weight) - perWeight(before, ticket.weight));
        turns.charge(ticket.team, perWeight(after, 1) - perWeight(before, 1));
    }

    /** So much more of what is charged may come back, and so much more may still be charged; or less. */
    void open(long unusedChange, long overrunChange) {
        unused += unusedChange;
        overrun += overrunChange;
        mostUnused = Math.max(mostUnused, unused);
        mostOverrun = Math.max(mostOverrun, overrun);
    }

    /** Its part of the bound between two tenants, in work by weight. */
    double bound() {
        return (double) (mostUnused + mostOverrun + largestCost) / weight;
    }

    boolean idle() {
        return waiting == 0 && running == 0;
    }

    /** What it did at other times is not to be held against what comes: the largest are those since it last had nothing. */
    void rest() {
        largestCost = 0;
        mostUnused = 0;
        mostOverrun = 0;
    }

    private void count(Ticket<T> ticket, int change) {
        waiting += change;
        waitingBytes += change * ticket.arrival().bytes();
        waitingCost += change * ticket.charged;
    }

    /** A team that is idle and no further than those who wait would begin there again anyway. */
    void forgetIdle(Team<T> team) {
        if (!team.line.isEmpty() || team.running > 0) {
            return;
        }
        team.largestCost = 0;
        if (team.counter <= turns.virtualTime() || idle()) {
            teams.remove(team.name);
        }
    }
}
