package io.atlas.kernel.fair;

import io.atlas.kernel.capacity.Scarce;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A queue as it stands, for people.
 *
 * @param running how many are being served
 * @param waiting how many wait, by priority
 * @param crowds who waits, in each band first those who have most of the queue's room; not more than were asked for
 * @param heldFor what the next one waits for, if anybody waits
 */
public record QueueView(
        int running, SortedMap<Integer, Integer> waiting, List<Crowd> crowds, Optional<Scarce> heldFor) {
    public QueueView {
        waiting = Collections.unmodifiableSortedMap(new TreeMap<>(waiting));
        crowds = List.copyOf(crowds);
    }
}
