package io.atlas.kernel.fair;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The bands in their order. The highest that has anything to do is served, but for what the lower ones are sure of: each
 * earns its part of all work that is begun while it waits, and as long as it has earned more than it got it goes first.
 *
 * <p>While others wait, too, a band that is served pays the whole of it; what it gets while nobody else wants it is not
 * held against it. Both are bounded by a few of the largest requests: so over any time in which a band waits it gets its
 * part of the work, less that bound and one request. What is due is what has credit at all, and not what has enough for its
 * next request: with a bound below the largest request, that one would never be served.
 */
final class Bands<T> {
    private static final long LARGEST_REQUESTS = 4;
    private static final long MILLION = 1_000_000;

    private final Turns.Lift lift;
    private final TreeMap<Integer, Band<T>> bands = new TreeMap<>(Comparator.reverseOrder());
    private Guarantees guarantees;
    private long largestCost = 1;

    Bands(Guarantees guarantees, Turns.Lift lift) {
        this.guarantees = guarantees;
        this.lift = lift;
    }

    void follow(Guarantees changed) {
        guarantees = changed;
        bands.values().removeIf(Band::isEmpty);
    }

    /** The bands, the highest first. */
    Collection<Band<T>> all() {
        return bands.values();
    }

    Band<T> of(int priority) {
        return bands.computeIfAbsent(priority, absent -> new Band<>(absent, lift));
    }

    /** The band whose turn it is, if anybody waits. */
    Optional<Band<T>> next() {
        Optional<Band<T>> highest = Optional.empty();
        for (Band<T> band : bands.values()) {
            if (band.waiting() > 0) {
                if (band.credit > 0) {
                    return Optional.of(band);
                }
                highest = highest.or(() -> Optional.of(band));
            }
        }
        return highest;
    }

    /** Somebody comes whose request may be so large. */
    void expect(long cost, int alreadyWaiting) {
        largestCost = alreadyWaiting == 0 ? Math.max(1, cost) : Math.max(largestCost, cost);
    }

    /** Work of that band was begun; or, where it is negative, proves not to be needed. */
    void worked(Band<T> by, long cost) {
        long most = LARGEST_REQUESTS * largestCost;
        boolean contended = false;
        for (Band<T> band : bands.values()) {
            if (band.waiting() > 0) {
                contended |= band != by;
                band.credit += cost * guarantees.millionths(band.priority) / MILLION;
                band.saw(by, cost);
                band.credit = Math.clamp(band.credit, -most, most);
            }
        }
        if (contended) {
            by.credit = Math.clamp(by.credit - cost, -most, most);
        }
    }

    /** What part of all work the band is sure of. */
    int sureMillionths(Band<T> band) {
        return (int) guarantees.millionths(band.priority);
    }

    /** What part of all work the band can expect. */
    double part(Band<T> of) {
        double sure = (double) guarantees.millionths(of.priority) / MILLION;
        return Math.max(sure, of.partSeen().orElseGet(() -> left(of, sure)));
    }

    /** What is left for the highest that waits; what it is sure of for any other. */
    private double left(Band<T> of, double sure) {
        double left = 1;
        for (Band<T> band : bands.values()) {
            if (band != of && band.waiting() > 0) {
                if (band.priority > of.priority) {
                    return sure;
                }
                left -= (double) guarantees.millionths(band.priority) / MILLION;
            }
        }
        return left;
    }

    /** Who of all that wait has to give way to one more of that team, if somebody has, and if one is enough. */
    Optional<Ticket<T>> toGiveWay(Team<T> newcomer, Capacity capacity) {
        Band<T> own = newcomer.tenant.band;
        Optional<Ticket<T>> found = Optional.empty();
        for (Band<T> lower : bands.tailMap(own.priority, false).descendingMap().values()) {
            found = found.or(() -> lower.waiting() > room(lower, capacity) ? lower.last() : Optional.empty());
        }
        found = found.or(() -> own.toGiveWay(newcomer));
        if (own.waiting() < room(own, capacity)) {
            for (Band<T> higher :
                    bands.headMap(own.priority, false).descendingMap().values()) {
                found = found.or(() -> higher.waiting() > room(higher, capacity) ? higher.last() : Optional.empty());
            }
        }
        return found;
    }

    /** How many of a band may wait in any case. */
    private long room(Band<T> band, Capacity capacity) {
        return capacity.waiting() * guarantees.millionths(band.priority) / MILLION;
    }
}
