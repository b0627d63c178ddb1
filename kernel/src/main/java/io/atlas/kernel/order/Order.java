package io.atlas.kernel.order;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The places of a backend that several nodes share, and the one order of all who wait for them. This is the specification
 * of the script that does the same in a Redis. While nobody waits each node holds what it uses and an equal part of what is
 * idle; a node that leaves has no such part. While somebody waits a free place is nobody's: whoever comes for one gets it only if the first of the order waits
 * with him. So nothing is given to anybody who does not come for it, and nothing can be lost on the way.
 *
 * <p>The order is that of {@code io.atlas.kernel.fair.FairQueue}, over all nodes: the band with credit, else the highest;
 * in it the line whose counter of work by weight is least; of one line the one who has waited longest.
 *
 * <p><b>The bound.</b> Take E, O, L, s, c and w from there, for what is done for a tenant at all nodes. The counter C here is
 * not c: it lacks what nodes have charged or given back since their last words, and has what was called and is not begun
 * yet. Let u = c - C, and U/w be the distance between the least and the largest u of a tenant in some time: what its requests
 * write beyond their estimates, are given back, and are called for, within 20 ms and the way of a word. Who is called has
 * come himself, so at the last call of i nobody who waits, and whose bid is here, has a C below that of i; hence
 *
 * <pre>    s(i) &lt;= c(i) = C(i) + u(i) &lt;= C(j) + u(i) = c(j) + u(i) - u(j) &lt;= s(j) + E(j)/w(j) + u(i) - u(j)</pre>
 *
 * <p>and from there on as in the queue. Between any two moments, for two who have had something waiting all the time,
 *
 * <pre>    B(i,j) = (E(i) + O(i) + L(i) + U(i))/w(i) + (E(j) + O(j) + L(j) + U(j))/w(j)</pre>
 *
 * <p>A bid counts for half a second after its node was last heard. A node whose own endpoint can take no more now comes for
 * no place, and nobody waits for it; of each band a node bids for no more lines than it is asked to. Nobody is stopped here who has more than his share of the
 * places, as in one queue.
 *
 * <p><b>Places.</b> A node says how many it will use at most until it hears more, and it is held to have so many, and what
 * it is given; so the sum over the nodes that were heard in the last three seconds never passes the places. The places of a
 * node that is silent for longer are free. Beyond the sum may be what a node held that is not dead but cut off; one request
 * of a node that is cut off and held nothing; and the equal share of one that starts while nobody answers.
 */
public final class Order {
    /** A node that is silent for longer holds nothing. */
    public static final long ALIVE_MICROS = 3_000_000;

    /** Those who wait at a node that is silent for longer are waited for no more. */
    public static final long FRESH_MICROS = 500_000;

    /** No more are called by one word; the next comes soon. */
    static final int MOST_CALLS = 32;

    /** Counters are in so many parts of a unit of work: exact for years in the numbers of a script. */
    static final long PARTS = 64;

    private static final long LARGEST_REQUESTS = 4;
    private static final long MILLION = 1_000_000;

    private record Seen(Word word, int slots, long atMicros) {}

    /** A bid, and what the loop over free places does with it. */
    private static final class Open {
        final Bid bid;
        final int index;
        final String node;
        long sinceMicros;
        int left;

        Open(Bid bid, int index, Seen seen) {
            this.bid = bid;
            this.index = index;
            this.node = seen.word.node();
            this.sinceMicros = seen.atMicros - bid.ageMicros();
            this.left = bid.waiting();
        }
    }

    private final Map<String, Seen> nodes = new TreeMap<>();
    private Map<Line, Long> counters = new HashMap<>();
    private final Map<Integer, Long> least = new HashMap<>();
    private Map<Integer, Long> credits = new HashMap<>();
    /** When the first came of those who are there. */
    private long bornMicros;

    /** A node says something; words that are not newer than what it said before are nothing. */
    public Answer hear(Word word, int places, long nowMicros) {
        nodes.values().removeIf(seen -> nowMicros - seen.atMicros > ALIVE_MICROS);
        bornMicros = nodes.isEmpty() ? nowMicros : bornMicros;
        Seen before = nodes.get(word.node());
        if (before != null && word.number() <= before.word.number()) {
            return new Answer.Ordered(List.of());
        }
        List<Open> waited = open(nowMicros);
        word.works().forEach(work -> charge(work.line(), work.weight(), work.cost(), waited));
        remember(waited);
        nodes.put(word.node(), new Seen(word, word.hold().slots(), nowMicros));
        join(word.bids(), waited);
        List<Open> open = open(nowMicros);
        remember(open);
        if (open.isEmpty()) {
            forget();
        }
        open.removeIf(one -> one.left == 0);
        Answer answer = open.isEmpty() ? lease(word, places, nowMicros) : call(word, open, places, nowMicros);
        int slots = switch (answer) {
            case Answer.Leased leased -> Math.max(word.hold().slots(), leased.slots());
            case Answer.Ordered ordered -> word.hold().slots() + ordered.calls().size();
        };
        nodes.put(word.node(), new Seen(word, slots, nowMicros));
        return answer;
    }

    /** How many places are held. */
    long held() {
        return nodes.values().stream().mapToLong(Seen::slots).sum();
    }

    private Answer lease(Word word, int places, long nowMicros) {
        Word.Hold hold = word.hold();
        long spare = stays(hold) ? Math.max(1, Math.ceilDiv(Math.max(0, places - running()), staying())) : 0;
        long wanted = early(word, nowMicros) ? hold.slots() : hold.running() + spare;
        long free = places - held() + hold.slots();
        return new Answer.Leased((int) Math.max(hold.running(), Math.min(free, wanted)));
    }

    /** Where nobody has anything at all, nobody is further than anybody. */
    private void forget() {
        if (running() == 0) {
            counters.clear();
            least.clear();
            credits.clear();
        }
    }

    /** Those who have a part of what is idle. */
    private long staying() {
        return nodes.values().stream().filter(seen -> stays(seen.word.hold())).count();
    }

    private static boolean stays(Word.Hold hold) {
        return hold.intent() == Word.Intent.STAYS;
    }

    private long running() {
        return nodes.values().stream()
                .mapToLong(seen -> seen.word.hold().running())
                .sum();
    }

    /** After nobody was heard, nothing more is held until all whom this node knows have said what they have, or had time to. */
    private boolean early(Word word, long nowMicros) {
        return nowMicros - bornMicros < ALIVE_MICROS
                && nodes.size() < word.hold().nodes();
    }

    private Answer call(Word word, List<Open> open, int places, long nowMicros) {
        long free = early(word, nowMicros) ? 0 : Math.min(MOST_CALLS, places - held());
        Map<Line, Long> realCounters = new HashMap<>(counters);
        Map<Integer, Long> realCredits = new HashMap<>(credits);
        List<Integer> calls = new ArrayList<>();
        for (long i = 0; i < free && !open.isEmpty(); i++) {
            Open next = next(open);
            if (next.node.equals(word.node())) {
                calls.add(next.index);
            }
            charge(next.bid.line(), next.bid.weight(), next.bid.cost(), open);
            next.sinceMicros = nowMicros;
            next.left--;
            open.removeIf(one -> one.left == 0);
        }
        counters = realCounters;
        credits = realCredits;
        List<Open> all = open(nowMicros);
        calls.stream().map(word.bids()::get).forEach(bid -> charge(bid.line(), bid.weight(), bid.cost(), all));
        return new Answer.Ordered(calls);
    }

    private Open next(List<Open> open) {
        int highest = Integer.MIN_VALUE;
        int due = Integer.MIN_VALUE;
        for (Open one : open) {
            int priority = one.bid.line().priority();
            highest = Math.max(highest, priority);
            due = credits.getOrDefault(priority, 0L) > 0 ? Math.max(due, priority) : due;
        }
        int band = due > Integer.MIN_VALUE ? due : highest;
        Open next = open.getFirst();
        for (Open one : open) {
            boolean nextIsInBand = next.bid.line().priority() == band;
            if (one.bid.line().priority() == band && (!nextIsInBand || before(one, next))) {
                next = one;
            }
        }
        return next;
    }

    private boolean before(Open one, Open other) {
        long difference = counter(one.bid.line()) - counter(other.bid.line());
        return difference != 0 ? difference < 0 : one.sinceMicros < other.sinceMicros;
    }

    /** All bids that count, by node, as each has told them. */
    private List<Open> open(long nowMicros) {
        List<Open> open = new ArrayList<>();
        for (Seen seen : nodes.values()) {
            if (nowMicros - seen.atMicros <= FRESH_MICROS) {
                for (int i = 0; i < seen.word.bids().size(); i++) {
                    open.add(new Open(seen.word.bids().get(i), i, seen));
                }
            }
        }
        return open;
    }

    /** A line that begins to wait is no further behind than the one who is due, and one request if it has any there. */
    private void join(List<Bid> bids, List<Open> waited) {
        Set<Line> there = new HashSet<>();
        waited.forEach(one -> there.add(one.bid.line()));
        for (Bid bid : bids) {
            if (!there.contains(bid.line())) {
                long lifted = least.getOrDefault(bid.line().priority(), 0L) - parts(bid.credit(), bid.weight());
                counters.put(bid.line(), Math.max(counter(bid.line()), lifted));
            }
        }
    }

    /** The least counter of each band; what it last was where nobody waits in it. */
    private void remember(List<Open> open) {
        Map<Integer, Long> now = new HashMap<>();
        open.forEach(one -> now.merge(one.bid.line().priority(), counter(one.bid.line()), Math::min));
        least.putAll(now);
    }

    /** The bands earn and pay as those of one queue do. */
    private void charge(Line line, int weight, long cost, List<Open> open) {
        counters.merge(line, parts(cost, weight), Long::sum);
        long largest = 1;
        boolean contended = false;
        Map<Integer, Integer> sure = new HashMap<>();
        for (Open one : open) {
            largest = Math.max(largest, one.bid.cost());
            contended |= one.bid.line().priority() != line.priority();
            sure.put(one.bid.line().priority(), one.bid.sureMillionths());
        }
        long most = LARGEST_REQUESTS * largest;
        sure.forEach((band, millionths) -> earn(band, Math.floorDiv(cost * millionths, MILLION), most));
        if (contended) {
            earn(line.priority(), -cost, most);
        }
    }

    private void earn(int band, long cost, long most) {
        credits.put(band, Math.clamp(credits.getOrDefault(band, 0L) + cost, -most, most));
    }

    long counter(Line line) {
        return counters.getOrDefault(line, 0L);
    }

    private static long parts(long cost, int weight) {
        return Math.ceilDiv(cost * PARTS, (long) weight);
    }
}
