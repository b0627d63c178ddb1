package io.atlas.store.redis;

import io.lettuce.core.Range;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The nodes that have told every server all that they have counted, and when each was last there. It stands on each of the
 * servers, under the name that this one has given itself for as long as it runs: a server that was emptied, started again
 * or replaced by its copy has nobody on it.
 */
final class Roll {
    private static final long SEEN_SECONDS = 60;
    private static final long MICROS_PER_SECOND = 1_000_000;

    private final Link link;
    private final String node;

    /** Where it stands on each of the servers that have all that this node has counted. */
    private volatile List<byte[]> places = List.of();

    Roll(Link link, String node) {
        this.link = link;
        this.node = node;
    }

    /** The servers that are there now are told everything from now on. Blocks. */
    void begin() {
        places = placesNow();
    }

    /** Whether the servers are still those that have all that this node has counted. Blocks. */
    boolean sameServers() {
        List<byte[]> now = placesNow();
        return texts(now).equals(texts(places));
    }

    /** This node is there, and has told them. Blocks. */
    void sign() {
        long nowMicros = link.clockMicros();
        long since = nowMicros - SEEN_SECONDS * MICROS_PER_SECOND;
        for (byte[] place : places) {
            Link.await(link.commands().zadd(place, (double) nowMicros, Names.bytes(node)));
            Link.await(link.commands().zremrangebyscore(place, Range.create(0, since)));
        }
    }

    /** Those who stand on all of them. Blocks. */
    List<String> told() {
        List<List<String>> each = new ArrayList<>();
        for (byte[] place : places) {
            each.add(texts(Link.await(link.commands().zrange(place, 0, -1))));
        }
        return each.isEmpty()
                ? List.of()
                : each.getFirst().stream()
                        .filter(name -> each.stream().allMatch(there -> there.contains(name)))
                        .toList();
    }

    /** This node will not be there. Blocks. */
    void leave() {
        places.forEach(place -> Link.await(link.commands().zrem(place, Names.bytes(node))));
    }

    private List<byte[]> placesNow() {
        return link.masters().stream()
                .map(master -> Names.bytes(master.own("atlas:nodes:" + Link.runOf(master))))
                .toList();
    }

    private static List<String> texts(List<byte[]> names) {
        return names.stream()
                .map(name -> new String(name, StandardCharsets.UTF_8))
                .toList();
    }
}
