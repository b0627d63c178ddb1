package io.atlas.scenario;

import java.time.Duration;

/**
 * How a tenant asks: at fixed moments, whatever became of what it asked before.
 *
 * @param usual time between two requests
 * @param noisy time between two requests while there is noise
 */
record Part(String tenant, Manner manner, Duration usual, Duration noisy) {
    /** Whether a tenant is the one who makes the noise. */
    enum Manner {
        STEADY,
        NOISY
    }

    static Part steady(String tenant, Duration between) {
        return new Part(tenant, Manner.STEADY, between, between);
    }

    static Part noisy(String tenant, Duration usual, Duration noisy) {
        return new Part(tenant, Manner.NOISY, usual, noisy);
    }

    Duration between(Act.Mood mood) {
        return switch (mood) {
            case UNTOLD, CALM -> usual;
            case NOISY -> noisy;
        };
    }
}
