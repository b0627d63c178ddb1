package io.atlas.scenario;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What can be played: a closed list. Tenants and models are those of {@code dev.yaml}. */
public enum Scenario {
    /**
     * One tenant begins to hammer beside two others, and stops again. Its team may have eight requests at once and its
     * tier three hundred a minute, so it meets both limits, one after the other.
     */
    NOISY_NEIGHBOUR;

    /** The scenario of that name. */
    public static Optional<Scenario> named(String word) {
        return Arrays.stream(values())
                .filter(scenario -> scenario.word().equals(word))
                .findFirst();
    }

    /** All names, as they are typed. */
    public static List<String> words() {
        return Arrays.stream(values()).map(Scenario::word).toList();
    }

    /** The name, as it is typed. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Script script() {
        return switch (this) {
            case NOISY_NEIGHBOUR ->
                new Script(
                        List.of(
                                Part.steady("hobby", Duration.ofMillis(2_000)),
                                Part.steady("globex", Duration.ofMillis(333)),
                                Part.noisy("acme", Duration.ofMillis(500), Duration.ofMillis(8))),
                        List.of(
                                new Act("warm-up", Act.Mood.UNTOLD, Duration.ofSeconds(5)),
                                new Act("calm", Act.Mood.CALM, Duration.ofSeconds(15)),
                                new Act("noise", Act.Mood.NOISY, Duration.ofSeconds(25)),
                                new Act("calm again", Act.Mood.CALM, Duration.ofSeconds(15))));
        };
    }
}
