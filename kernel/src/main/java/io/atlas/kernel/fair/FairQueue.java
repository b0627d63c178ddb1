package io.atlas.kernel.fair;

import io.atlas.kernel.capacity.Endpoint;
import io.atlas.kernel.capacity.Scarce;
import io.atlas.kernel.order.Bid;
import io.atlas.kernel.order.Line;
import io.atlas.kernel.order.Untold;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The queue before one backend: who waits, and who is next when a place comes free. Shares are of work, not of requests:
 * a tenant with long prompts gets fewer of them served.
 *
 * <p><b>The rule.</b> Each tenant of a band has a counter. A request that is begun adds its estimated work, by the tenant's
 * weight, to it; when it writes more than was estimated, that is added as it comes; when it ends, what it did not need is
 * given back. The next place is his whose counter is least (virtual token counters: "Fairness in Serving Large Language
 * Models", Sheng et al., OSDI 2024; the correction afterwards, and that a tenant with something in flight is not away:
 * Kubernetes API Priority and Fairness, KEP-1040). Teams share within their tenant by the same rule; {@link Bands} says who
 * is before whom by priority.
 *
 * <p><b>The bound.</b> Let c be a tenant's counter, and s the work really done for it by its weight w, input counted when
 * it is begun and output as it is written. Then c - s is what is charged in advance: it is never negative, and at most E/w,
 * E being the most that was ever charged for output not yet written. Let i and j both have something waiting during some
 * time, and both have had a turn in it. Look back from any moment to the last turn of i: there its counter was not above
 * that of j. So it was then, with c for i no less than s for i, and s for j no less than c for j less E(j)/w(j):
 *
 * <pre>    s(i) &lt;= c(i) &lt;= c(j) &lt;= s(j) + E(j)/w(j)</pre>
 *
 * <p>Since that turn the counter of i has grown by the estimate of the request that it got, L at most, and by what its
 * requests in flight wrote beyond their estimates, O at most; giving back only lowers it, and s stays below it. Meanwhile
 * s(j) cannot have become less. So s(i) - s(j) is never above E(j)/w(j) + (O(i) + L(i))/w(i); and by the same argument with
 * the names exchanged never below -(E(i)/w(i) + (O(j) + L(j))/w(j)). Between any two moments the two have therefore been
 * served alike by their weights, but for the distance of these two ends,
 *
 * <pre>    B(i,j) = (E(i) + O(i) + L(i))/w(i) + (E(j) + O(j) + L(j))/w(j)</pre>
 *
 * <p>whatever the estimates are, as long as they lie between nothing and the most that may be written; and however many
 * others there are, come or go. {@link #bound} is the largest such sum at this moment. Who has twice his share of the
 * places is stopped until one comes back, and counts as away meanwhile.
 *
 * <p>Each step takes the logarithm of the number of tenants, and the number of bands. There are no more tenants, teams and
 * bands than the configuration names. Nothing here knows a clock or a thread: who asks holds a lock, and after every step
 * but {@link #extend} asks {@link #next} until nobody has a turn.
 *
 * @param <T> what the caller of the queue keeps with a request
 */
public final class FairQueue<T> {
    /** What a stream is charged in advance when it is longer than was estimated. */
    private static final long EXTENSION_TOKENS = 64;

    /** What is foretold is wrong by a fifth now and then; who would be late by that is not to wait in vain. */
    private static final long ERROR_OF_WAIT = 5;

    private static final double HELD_THAT_COUNT = 16;

    private static final double LONGEST_WAIT_MICROS = 1e15;

    private final Bands<T> bands;
    private final Pace pace = new Pace();
    private final Endpoint endpoint;
    private Capacity capacity;
    private Share share = Share.ALL;
    private Optional<Untold> untold = Optional.empty();
    /** What the next one was last held back for. */
    private Optional<Scarce> held = Optional.empty();
    /** How many were served, in the mean, when the next one was held back for something else than places. */
    private double servedWhenHeld = 1;

    private int waiting;
    private long waitingBytes;

    /** A queue in which nobody is. */
    public FairQueue(Capacity capacity, Guarantees guarantees) {
        this(capacity, guarantees, Turns.Lift.ONE_REQUEST);
    }

    FairQueue(Capacity capacity, Guarantees guarantees, Turns.Lift lift) {
        this.capacity = capacity;
        this.endpoint = new Endpoint(capacity.places());
        this.bands = new Bands<>(guarantees, lift);
    }

    /** Changes how many there may be. Who is being served or waits stays. */
    public void resize(Capacity changed, Guarantees guarantees) {
        capacity = changed;
        endpoint.bound(changed.places());
        bands.follow(guarantees);
    }

    /** The backend is shared: what is charged from now on is written down for the others, too. */
    public void tell(Untold others) {
        untold = Optional.of(others);
    }

    /** Changes how much of the backend is this queue's. Who is being served stays. */
    public void share(Share changed) {
        share = changed;
    }

    /** What waits, for an order of which this queue is a part: of each band no more lines than so many. */
    public List<Bid> bids(int mostOfBand, long nowMicros) {
        UnaryOperator<Bid> able = waiting > 0 && endpoint.full() ? Bid::heldBack : UnaryOperator.identity();
        return bands.all().stream()
                .flatMap(
                        band -> band.bids(bands.sureMillionths(band), nowMicros).limit(mostOfBand))
                .map(able)
                .toList();
    }

    /**
     * Gives a place to the first of that line, whose turn it is by an order of which this queue is a part; or lets him go if
     * it is too late for him. Empty where nobody waits there any more, or the backend has too little left for just him.
     */
    public Optional<Turn<T>> call(Line line, long nowMicros) {
        Optional<Ticket<T>> first = bands.of(line.priority()).first(line.tenant());
        if (first.isEmpty() || endpoint.full()) {
            return Optional.empty();
        }
        return turn(first.orElseThrow(), nowMicros);
    }

    /** The backend behind the queue, to be told how it does. */
    public Endpoint endpoint() {
        return endpoint;
    }

    /** Somebody comes. Nobody is before him where a place is free and nobody waits. */
    public Admission<T> arrive(Arrival arrival, T kept, long nowMicros) {
        Flow flow = arrival.flow();
        Band<T> band = bands.of(flow.priority());
        Team<T> team = band.tenant(flow).team(flow.team());
        if (waiting == 0 && isOurs() && mayCome(arrival, team.tenant, nowMicros)) {
            Ticket<T> ticket = enter(arrival, kept, team, nowMicros);
            start(ticket, nowMicros);
            return new Admission.Started<>(ticket);
        }
        OptionalLong wait = waitMicros(team);
        Optional<Ticket<T>> displaced = fits(arrival) ? Optional.empty() : toGiveWay(arrival, team);
        Optional<Admission.Why> why = why(arrival, wait, displaced, nowMicros);
        if (why.isPresent()) {
            band.forget(team);
            return new Admission.Refused<>(why.orElseThrow(), wait);
        }
        Ticket<T> ticket = enter(arrival, kept, team, nowMicros);
        displaced.ifPresent(this::drop);
        return new Admission.Queued<>(ticket, new Quote(team.line.size(), waiting, wait), displaced);
    }

    /**
     * Gives a free place to him whose turn it is, or lets him go if it is too late for him; empty where neither is to do. If
     * the backend has too little left for just him, nobody passes him by: he is the one who is due.
     */
    public Optional<Turn<T>> next(long nowMicros) {
        if (waiting == 0 || !isOurs() || endpoint.full()) {
            hold(waiting == 0 ? Optional.empty() : Optional.of(Scarce.REQUESTS));
            return Optional.empty();
        }
        return turn(bands.next().orElseThrow().next(Math.max(endpoint.running() + 1, (int) places())), nowMicros);
    }

    private Optional<Turn<T>> turn(Ticket<T> ticket, long nowMicros) {
        if (ticket.arrival().deadlineMicros() < nowMicros) {
            drop(ticket);
            return Optional.of(new Turn.Expired<>(ticket));
        }
        if (!mayCome(ticket.arrival(), ticket.tenant(), nowMicros)) {
            return Optional.empty();
        }
        start(ticket, nowMicros);
        return Optional.of(new Turn.Called<>(ticket));
    }

    /** Leaves the queue; false where his turn has come, or he has left before. */
    public boolean leave(Ticket<T> ticket) {
        if (ticket.state != Ticket.State.WAITING) {
            return false;
        }
        drop(ticket);
        return true;
    }

    /** A request that is being served has written so many tokens. */
    public void extend(Ticket<T> ticket, long outputTokens) {
        if (ticket.state == Ticket.State.RUNNING && outputTokens > ticket.chargedOutput) {
            long ahead =
                    Math.min(outputTokens + EXTENSION_TOKENS, ticket.arrival().maxOutputTokens());
            charge(ticket, ticket.arrival().inputTokens(), Math.max(outputTokens, ahead));
        }
    }

    /** The first token of a request that is being served is there. */
    public void firstToken(Ticket<T> ticket, long nowMicros) {
        ticket.stay.ifPresent(stay -> endpoint.firstToken(stay, nowMicros));
    }

    /** The answer to a request that is being served comes as a whole. */
    public void comesWhole(Ticket<T> ticket, long nowMicros) {
        ticket.stay.ifPresent(stay -> endpoint.comesWhole(stay, nowMicros));
    }

    /** A request that was being served is over, its place free; it has read and written so much. */
    public void settle(Ticket<T> ticket, long inputTokens, long outputTokens, long nowMicros) {
        if (ticket.state != Ticket.State.RUNNING) {
            throw new IllegalStateException("ticket: " + ticket.state + " (expected: RUNNING)");
        }
        ticket.tenant().open(-ticket.unused(), -ticket.overrun());
        recharge(ticket, Arrival.cost(inputTokens, outputTokens));
        ticket.state = Ticket.State.OVER;
        ticket.stay.ifPresent(stay -> endpoint.end(stay, nowMicros));
        ticket.tenant().band.end(ticket);
        long micros = nowMicros - ticket.startedMicros;
        pace.saw(ticket.charged, outputTokens, micros);
        ticket.tenant().pace.saw(ticket.charged, outputTokens, micros);
    }

    /** What the next one was last held back for, if anybody waits. */
    public Optional<Scarce> heldFor() {
        return held;
    }

    /** How many wait. */
    public int waiting() {
        return waiting;
    }

    /** How many are being served. */
    public int running() {
        return endpoint.running();
    }

    /** The most by which two who wait in one band can be apart at this moment: work by weight, see above. */
    public double bound() {
        return bands.all().stream().mapToDouble(Band::bound).max().orElse(0);
    }

    /** Who waits and who is served, for people: of those who wait no more teams than so many. */
    public QueueView view(int mostCrowds) {
        SortedMap<Integer, Integer> byPriority = new TreeMap<>();
        bands.all().stream()
                .filter(band -> band.waiting() > 0)
                .forEach(band -> byPriority.put(band.priority, band.waiting()));
        List<Crowd> crowds = bands.all().stream()
                .flatMap(Band::waitingTeams)
                .limit(mostCrowds)
                .map(team -> new Crowd(
                        team.tenant.name, team.name, team.tenant.band.priority, team.line.size(), waitMicros(team)))
                .toList();
        return new QueueView(running(), byPriority, crowds, held);
    }

    /** How many tenants are remembered. */
    int tenants() {
        return bands.all().stream().mapToInt(Band::tenants).sum();
    }

    private boolean fits(Arrival arrival) {
        return waiting < capacity.waiting() && waitingBytes + arrival.bytes() <= capacity.waitingBytes();
    }

    /** Who gives way, if it is enough that one does. */
    private Optional<Ticket<T>> toGiveWay(Arrival arrival, Team<T> team) {
        long tooMuch = waitingBytes + arrival.bytes() - capacity.waitingBytes();
        return waiting > capacity.waiting()
                ? Optional.empty()
                : bands.toGiveWay(team, capacity)
                        .filter(ticket -> ticket.arrival().bytes() >= tooMuch);
    }

    private Optional<Admission.Why> why(
            Arrival arrival, OptionalLong wait, Optional<Ticket<T>> displaced, long nowMicros) {
        long left = arrival.deadlineMicros() - nowMicros;
        if (left <= 0 || wait.orElse(0) > left - left / ERROR_OF_WAIT) {
            return Optional.of(Admission.Why.TOO_LATE);
        }
        return fits(arrival) || displaced.isPresent() ? Optional.empty() : Optional.of(Admission.Why.FULL);
    }

    private Ticket<T> enter(Arrival arrival, T kept, Team<T> team, long nowMicros) {
        Ticket<T> ticket = new Ticket<>(arrival, kept, team);
        ticket.arrivedMicros = nowMicros;
        estimate(ticket);
        bands.expect(ticket.charged, waiting);
        team.tenant.band.add(ticket);
        waiting++;
        waitingBytes += arrival.bytes();
        return ticket;
    }

    private void drop(Ticket<T> ticket) {
        ticket.tenant().band.remove(ticket);
        uncount(ticket);
        ticket.state = Ticket.State.OVER;
    }

    private void uncount(Ticket<T> ticket) {
        waiting--;
        waitingBytes -= ticket.arrival().bytes();
    }

    private void start(Ticket<T> ticket, long nowMicros) {
        Tenant<T> tenant = ticket.tenant();
        tenant.band.start(ticket);
        uncount(ticket);
        ticket.state = Ticket.State.RUNNING;
        ticket.startedMicros = nowMicros;
        ticket.weight = tenant.weight;
        ticket.heldFor = held;
        ticket.order = share.order();
        estimate(ticket);
        ticket.stay = Optional.of(endpoint.begin(ticket.arrival().inputTokens(), ticket.chargedOutput, nowMicros));
        tenant.recharge(ticket, 0, ticket.charged);
        tenant.open(ticket.unused(), ticket.overrun());
        worked(ticket, ticket.charged);
    }

    private boolean mayCome(Arrival arrival, Tenant<T> tenant, long nowMicros) {
        Optional<Scarce> lacking =
                endpoint.lacks(arrival.inputTokens(), likelyOutputTokens(arrival, tenant), nowMicros);
        hold(lacking.or(() -> waiting == 0 ? Optional.empty() : held));
        return lacking.isEmpty();
    }

    private void hold(Optional<Scarce> lacking) {
        held = lacking;
        if (heldForTokens()) {
            servedWhenHeld += (endpoint.running() - servedWhenHeld) / HELD_THAT_COUNT;
        }
    }

    private boolean heldForTokens() {
        return held.filter(scarce -> scarce != Scarce.REQUESTS).isPresent();
    }

    /** How many are served at once while somebody waits. */
    private double places() {
        int most = Math.min(endpoint.requests(), Math.max(share.likelySlots(), endpoint.running()));
        return heldForTokens() ? Math.min(servedWhenHeld, most) : most;
    }

    private void estimate(Ticket<T> ticket) {
        ticket.chargedOutput = likelyOutputTokens(ticket.arrival(), ticket.tenant());
        ticket.charged = ticket.arrival().costOf(ticket.chargedOutput);
    }

    /** The mean of the tenant's answers, else of all, else the most that it may write. */
    private long likelyOutputTokens(Arrival arrival, Tenant<T> tenant) {
        long most = arrival.maxOutputTokens();
        return Math.min(
                most,
                tenant.pace.meanOutputTokens().orElse(pace.meanOutputTokens().orElse(most)));
    }

    private void charge(Ticket<T> ticket, long inputTokens, long outputTokens) {
        Tenant<T> tenant = ticket.tenant();
        long unused = ticket.unused();
        long overrun = ticket.overrun();
        recharge(ticket, Arrival.cost(inputTokens, outputTokens));
        ticket.chargedOutput = outputTokens;
        ticket.stay.ifPresent(stay -> endpoint.grow(stay, outputTokens));
        tenant.open(ticket.unused() - unused, ticket.overrun() - overrun);
    }

    private void recharge(Ticket<T> ticket, long cost) {
        Tenant<T> tenant = ticket.tenant();
        tenant.recharge(ticket, ticket.charged, cost);
        worked(ticket, cost - ticket.charged);
        ticket.charged = cost;
    }

    private void worked(Ticket<T> ticket, long cost) {
        Tenant<T> tenant = ticket.tenant();
        bands.worked(tenant.band, cost);
        untold.ifPresent(others -> others.add(new Line(tenant.band.priority, tenant.name), ticket.weight, cost));
    }

    /** Whether one more place is this queue's to give. */
    private boolean isOurs() {
        return endpoint.running() < share.slots();
    }

    /** The work that comes before one more request of that team, by the rate at which the band gets work done. */
    private OptionalLong waitMicros(Team<T> team) {
        OptionalDouble rate = pace.workPerPlaceMicro();
        if (rate.isEmpty()) {
            return OptionalLong.empty();
        }
        Band<T> band = team.tenant.band;
        double perMicro = rate.orElseThrow() * places() * bands.part(band);
        double tillAPlaceIsFree = pace.microsPerAnswer() / places() / 2;
        return OptionalLong.of(
                (long) Math.min(LONGEST_WAIT_MICROS, band.workAhead(team) / perMicro + tillAPlaceIsFree));
    }
}
