package io.atlas.replay;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Answers in memory, within a bound of their number and one of their bytes. Where there is no room, the answer that was
 * not asked for longest goes first, and its name when there are too many names.
 */
final class Shelf {
    private final int mostNames;
    private final long mostBytes;
    private final long keptMicros;

    /** As they are asked for they are put last, so that those that end first stand first. */
    private final Map<RequestName, Place> places = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<RequestName, KeptAnswer> answers = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    Shelf(int mostNames, long mostBytes, long keptMicros) {
        this.mostNames = mostNames;
        this.mostBytes = mostBytes;
        this.keptMicros = keptMicros;
    }

    /** Until when a name is known, and for which body. */
    private record Place(String bodyHex, long untilMicros) {}

    /** What is known of a name: the body that it was given to, and the answer as long as there is room for it. */
    record Known(String bodyHex, Optional<KeptAnswer> answer) {}

    /** What is known of that name; it is known longer for it. */
    synchronized Optional<Known> look(RequestName name, long nowMicros) {
        Place place = places.get(name);
        if (place == null) {
            return Optional.empty();
        }
        if (place.untilMicros <= nowMicros) {
            remove(name);
            return Optional.empty();
        }
        places.put(name, new Place(place.bodyHex, nowMicros + keptMicros));
        return Optional.of(new Known(place.bodyHex, Optional.ofNullable(answers.get(name))));
    }

    synchronized void put(RequestName name, String bodyHex, Optional<KeptAnswer> answer, long nowMicros) {
        remove(name);
        places.put(name, new Place(bodyHex, nowMicros + keptMicros));
        if (answer.isPresent()) {
            KeptAnswer given = answer.orElseThrow();
            answers.put(name, given);
            bytes += given.bytes();
        }
        while (places.size() > mostNames || eldestIsOver(nowMicros)) {
            remove(places.keySet().iterator().next());
        }
        while (bytes > mostBytes) {
            letGo(answers.remove(answers.keySet().iterator().next()));
        }
    }

    synchronized void remove(RequestName name) {
        places.remove(name);
        letGo(answers.remove(name));
    }

    private synchronized void letGo(@Nullable KeptAnswer gone) {
        if (gone != null) {
            bytes -= gone.bytes();
        }
    }

    private synchronized boolean eldestIsOver(long nowMicros) {
        return !places.isEmpty() && places.values().iterator().next().untilMicros <= nowMicros;
    }
}
