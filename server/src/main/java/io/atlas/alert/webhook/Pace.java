package io.atlas.alert.webhook;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How often budgets are looked at, and how patiently what is told of them is sent.
 *
 * @param look between two looks at the budgets
 * @param beat between two looks at what is to be sent
 * @param patience how long an answer is waited for
 * @param pauses before each further attempt; after the last of them there is no other
 * @param kept how long what has ended is remembered
 */
public record Pace(Duration look, Duration beat, Duration patience, List<Duration> pauses, Duration kept) {
    /** As Standard Webhooks advises: soon at first, then for more than a day. */
    public static final Pace USUAL = new Pace(
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofSeconds(15),
            List.of(
                    Duration.ofSeconds(5),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(5),
                    Duration.ofMinutes(30),
                    Duration.ofHours(2),
                    Duration.ofHours(5),
                    Duration.ofHours(10),
                    Duration.ofHours(10)),
            Duration.ofDays(30));

    /** A pause is up to a fifth longer, so that what failed together does not come together. */
    private static final double JITTER = 0.2;

    public Pace {
        pauses = List.copyOf(pauses);
    }

    /**
     * How long after so many attempts it is tried again, in microseconds; empty where it is not.
     *
     * @param chance from 0 to 1
     * @param askedMillis when the receiver asks to be tried again: not before, but for the longest of the pauses at most
     */
    Optional<Long> pauseMicros(int attempts, double chance, OptionalLong askedMillis) {
        if (attempts > pauses.size()) {
            return Optional.empty();
        }
        Duration asked = Duration.ofMillis(Math.min(
                askedMillis.orElse(0),
                pauses.stream().max(Comparator.naturalOrder()).orElseThrow().toMillis()));
        Duration planned = pauses.get(attempts - 1);
        Duration pause = asked.compareTo(planned) > 0 ? asked : planned;
        return Optional.of((long) (pause.toNanos() / 1_000.0 * (1 + JITTER * chance)));
    }
}
