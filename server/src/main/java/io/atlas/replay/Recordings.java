package io.atlas.replay;

import io.atlas.replay.Recording.End;
import io.atlas.replay.Standing.Answer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What this node gives now, and has given a moment ago, to requests that may come again: at most 32 MiB of answers on
 * their way, and 16 MiB of those that were given within the last half minute to requests without a name.
 */
public final class Recordings {
    private static final long ROOM_BYTES = 32 << 20;
    private static final int RECENT_NAMES = 20_000;
    private static final long RECENT_BYTES = 16 << 20;
    private static final long RECENT_MICROS = 30_000_000;

    private final Map<RequestName, Recording> open = new ConcurrentHashMap<>();
    private final Room room = new Room(ROOM_BYTES);
    private final Shelf recent = new Shelf(RECENT_NAMES, RECENT_BYTES, RECENT_MICROS);

    /** Of what a first try came here, whatever became of it: names alone. */
    private final Shelf firsts = new Shelf(RECENT_NAMES, 0, RECENT_MICROS);

    /** The recording of that request, where it is on its way. */
    public Optional<Recording> open(RequestName name) {
        return Optional.ofNullable(open.get(name));
    }

    /** Begins one, unless there is one: then nothing. */
    public Optional<Recording> begin(RequestName name, String bodyHex) {
        Recording fresh = new Recording(name, bodyHex, room);
        return open.putIfAbsent(name, fresh) == null ? Optional.of(fresh) : Optional.empty();
    }

    /** The same is asked for the first time again: a retry that comes after it need not be of the one before. */
    public void askedAnew(RequestName.Printed name, long nowMicros) {
        firsts.put(name, "", Optional.empty(), nowMicros);
        recent.remove(name);
        open(name).ifPresent(Recording::contest);
    }

    /** How that request stands here. What another node is asked for is not here yet. */
    public Standing standing(RequestName.Printed name, long nowMicros) {
        Optional<Recording> own = open(name).filter(Recording::led);
        if (own.isPresent()) {
            return own.orElseThrow().contested()
                    ? new Standing(2, Answer.NONE)
                    : new Standing(firsts(name, nowMicros), Answer.ON_ITS_WAY);
        }
        Answer answer = recent(name, nowMicros).isPresent() ? Answer.GIVEN : Answer.NONE;
        return new Standing(firsts(name, nowMicros), answer);
    }

    private int firsts(RequestName.Printed name, long nowMicros) {
        return firsts.look(name, nowMicros).isPresent() ? 1 : 0;
    }

    /** The answer that was given a moment ago to that request, which has no name of its own. */
    public Optional<KeptAnswer> recent(RequestName.Printed name, long nowMicros) {
        return recent.look(name, nowMicros).flatMap(Shelf.Known::answer);
    }

    /** Keeps an answer for a moment. */
    public void keep(RequestName.Printed name, KeptAnswer answer, long nowMicros) {
        recent.put(name, "", Optional.of(answer), nowMicros);
    }

    /** Ends a recording: who comes now does not join it any more, and who has joined is told. */
    public void end(Recording recording, End how) {
        open.remove(recording.name(), recording);
        recording.finish(how);
    }
}
