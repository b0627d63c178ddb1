package io.atlas.scenario;

/** Who watches a play. Called by one thread. */
public interface Audience {
    /** Comes about every second. */
    void watch(Frame frame);

    /** Comes once, at the end; never where the play was broken off. */
    void applaud(Review review);
}
