package io.atlas.scenario;

import java.time.Duration;

/** A stretch of a play. */
public record Act(String title, Mood mood, Duration length) {
    /** What goes on in an act. */
    public enum Mood {
        /** Everybody keeps to their usual rate, while the process compiles itself: no part of the comparison. */
        UNTOLD,
        /** Everybody keeps to their usual rate. */
        CALM,
        /** Those who can make noise do. */
        NOISY
    }
}
