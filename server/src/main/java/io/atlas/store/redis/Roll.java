package io.atlas.store.redis;

import io.atlas.redis.Master;
import io.lettuce.core.Range;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.ZAddArgs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * The nodes that have told every server all that they have counted, and when each was last there. It stands on each of the
 * servers, under the name that this one has given itself for as long as it runs: a server that was emptied, started again
 * or replaced by its copy has nobody on it.
 */
final class Roll {
    private static final long SEEN_SECONDS = 60;
    private static final long MICROS_PER_SECOND = 1_000_000;
    private static final int INTRODUCTIONS = 50;
    private static final long INTRODUCTION_NANOS = 20_000_000;

    private final Link link;
    private final String node;

    /**
     * Where it stands on a server.
     *
     * @param run the name that this one has given itself
     */
    private record Place(String run, String key) {
        byte[] name() {
            return Names.bytes(key);
        }
    }

    /** The servers that have all that this node has counted. */
    private volatile List<Place> places = List.of();

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
        return placesNow().equals(places);
    }

    /**
     * Whether keys have only gone from one of them to another, to one that was added, or from one that leaves: whoever is
     * new has what it keeps from the others. Blocks.
     */
    boolean onlyMoved() {
        Set<String> before = runs(places);
        Set<String> now = runs(placesNow());
        return !places.isEmpty() && (now.containsAll(before) || before.containsAll(now));
    }

    private static Set<String> runs(List<Place> places) {
        return places.stream().map(Place::run).collect(Collectors.toSet());
    }

    /** Goes along with them: who had told all of the servers has told them still. Blocks. */
    void move() {
        List<Place> now = placesNow();
        byte[] known = places.getFirst().name();
        List<String> told = told();
        for (ScoredValue<byte[]> seen : Link.await(link.commands().zrangeWithScores(known, 0, -1))) {
            if (told.contains(text(seen.getValue()))) {
                now.stream()
                        .filter(place -> !places.contains(place))
                        .forEach(place ->
                                Link.await(link.commands().zadd(place.name(), seen.getScore(), seen.getValue())));
            }
        }
        places = now;
    }

    /** This node is there, and has told them. Blocks. */
    void sign() {
        long nowMicros = link.clockMicros();
        long since = nowMicros - SEEN_SECONDS * MICROS_PER_SECOND;
        for (Place place : places) {
            Link.await(link.commands().zadd(place.name(), (double) nowMicros, Names.bytes(node)));
            Link.await(link.commands().zremrangebyscore(place.name(), Range.create(0, since)));
        }
    }

    /**
     * This node is about to look who stands on them: it will see whoever has signed until now. Blocks.
     *
     * @return when, by the clock of the server
     */
    long look() {
        long nowMicros = link.clockMicros();
        for (Place place : places) {
            ZAddArgs ifThere = ZAddArgs.Builder.xx();
            Link.await(link.commands().zadd(place.name(), ifThere, (double) nowMicros, Names.bytes(node)));
        }
        return nowMicros;
    }

    /**
     * Returns once each of the others on them has had a look since this node signed, or after a second, as one of them may be
     * dead: who had not heard of this node would not wait for it, were the counters lost. Blocks.
     */
    void introduce() {
        long sinceMicros = look();
        for (int i = 0; i < INTRODUCTIONS && !noticed(sinceMicros); i++) {
            LockSupport.parkNanos(INTRODUCTION_NANOS);
        }
    }

    private boolean noticed(long sinceMicros) {
        byte[] own = Names.bytes(node);
        return places.stream()
                .flatMap(place -> Link.await(link.commands().zrangeWithScores(place.name(), 0, -1)).stream())
                .allMatch(seen -> Arrays.equals(seen.getValue(), own) || seen.getScore() > sinceMicros);
    }

    /** Those who stand on all of them. Blocks. */
    List<String> told() {
        List<List<String>> each = new ArrayList<>();
        for (Place place : places) {
            each.add(Link.await(link.commands().zrange(place.name(), 0, -1)).stream()
                    .map(Roll::text)
                    .toList());
        }
        return each.isEmpty()
                ? List.of()
                : each.getFirst().stream()
                        .filter(name -> each.stream().allMatch(there -> there.contains(name)))
                        .toList();
    }

    /** This node will not be there. Blocks. */
    void leave() {
        places.forEach(place -> Link.await(link.commands().zrem(place.name(), Names.bytes(node))));
    }

    private List<Place> placesNow() {
        return link.masters().stream().map(Roll::place).toList();
    }

    private static Place place(Master<byte[], byte[]> master) {
        String run = Link.runOf(master);
        return new Place(run, master.own("atlas:nodes:" + run));
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }
}
