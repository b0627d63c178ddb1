package io.atlas.enduser;

import io.atlas.config.Audience;
import io.atlas.config.Principal;
import io.atlas.config.Snapshot;
import io.atlas.kernel.quota.Place;
import io.atlas.store.QuotaStore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who is behind the keys that speak for many: at most as many of each as its {@code max}. Who asks for nothing until all
 * that he used has run out is forgotten, and leaves his place to another.
 */
public final class People {
    private final Pseudonyms pseudonyms;
    private final QuotaStore store;
    private final Map<Place.OfKey, Roll> rolls = new ConcurrentHashMap<>();

    /** Nobody yet; counters of who is forgotten are let go of in the store. */
    public People(Pseudonyms pseudonyms, QuotaStore store) {
        this.pseudonyms = pseudonyms;
        this.store = store;
    }

    /** Gets ready for the people behind the keys of that snapshot. */
    public void prepare(Snapshot next) {
        pseudonyms.prepare(
                next.audiences().map(audience -> audience.key().tenant()).toList());
    }

    /** What came of somebody's wish to be known. */
    public enum Welcome {
        /** He is one of them. */
        KNOWN,
        /** The key has as many as it may. */
        FULL
    }

    /** By what name somebody is kept whom the application calls by that id. */
    public String pseudonym(Audience audience, String id) {
        return pseudonyms.of(audience.key(), id);
    }

    /** The caller if a request of the key is for the person whom the application calls by that id. */
    public Principal principal(Principal ofKey, Audience audience, String id, String tier) {
        return audience.principal(ofKey, pseudonym(audience, id), tier);
    }

    /** Somebody asks; he is remembered from now on, if there is room. */
    public Welcome welcome(Audience audience, String person, long nowMicros) {
        List<String> forgotten = new ArrayList<>();
        Welcome welcome = roll(audience).welcome(audience, person, nowMicros, forgotten);
        forgotten.forEach(gone -> store.forget(audience.allLimits(gone), nowMicros));
        return welcome;
    }

    /** What would come of somebody's wish to be known now; nobody is remembered or forgotten for it. */
    public Welcome expected(Audience audience, String person, long nowMicros) {
        return roll(audience).expected(audience, person, nowMicros);
    }

    /** Somebody was known before this process was. Who was seen last is told last. */
    public void restore(Audience audience, String person, long seenMicros) {
        roll(audience).restore(person, seenMicros);
    }

    /** How many the key has now. */
    public int count(Audience audience) {
        return roll(audience).count();
    }

    private Roll roll(Audience audience) {
        Roll known = rolls.get(audience.key());
        return known == null ? rolls.computeIfAbsent(audience.key(), _ -> new Roll()) : known;
    }

    /** The people of one key, who was seen longest ago first. */
    private static final class Roll {
        private static final float LOAD_FACTOR = 0.75f;

        /** More than come: the list shrinks, and no request pays for many. */
        private static final int FORGOTTEN_AT_ONCE = 2;

        private final Map<String, Long> seenMicros = new LinkedHashMap<>(16, LOAD_FACTOR, true);

        synchronized Welcome welcome(Audience audience, String person, long nowMicros, List<String> forgotten) {
            if (seenMicros.replace(person, nowMicros) != null) {
                return Welcome.KNOWN;
            }
            forget(nowMicros - audience.memoryMicros(), forgotten);
            if (seenMicros.size() >= audience.terms().max()) {
                return Welcome.FULL;
            }
            seenMicros.put(person, nowMicros);
            return Welcome.KNOWN;
        }

        synchronized Welcome expected(Audience audience, String person, long nowMicros) {
            boolean room = seenMicros.size() < audience.terms().max()
                    || seenMicros.values().iterator().next() < nowMicros - audience.memoryMicros();
            return room || seenMicros.containsKey(person) ? Welcome.KNOWN : Welcome.FULL;
        }

        synchronized void restore(String person, long micros) {
            seenMicros.merge(person, micros, Math::max);
        }

        synchronized int count() {
            return seenMicros.size();
        }

        private void forget(long beforeMicros, List<String> forgotten) {
            Iterator<Map.Entry<String, Long>> eldest = seenMicros.entrySet().iterator();
            while (eldest.hasNext() && forgotten.size() < FORGOTTEN_AT_ONCE) {
                Map.Entry<String, Long> entry = eldest.next();
                if (entry.getValue() >= beforeMicros) {
                    return;
                }
                forgotten.add(entry.getKey());
                eldest.remove();
            }
        }
    }
}
