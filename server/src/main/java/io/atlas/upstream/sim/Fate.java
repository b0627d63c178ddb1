package io.atlas.upstream.sim;

import io.atlas.model.Simulation;

/** What becomes of a request, decided by the seed and its bytes. */
enum Fate {
    /** Answered in full. */
    SERVED,
    /** Answered by 500. */
    FAILED,
    /** Answered by 429. */
    THROTTLED,
    /** A stream that falls silent in the middle; a plain answer is served. */
    STALLED,
    /** A stream whose connection breaks in the middle; a plain answer is served. */
    CUT;

    private static final int MILLE = 1_000;

    static Fate of(Simulation simulation, byte[] body) {
        int rest = new Dice(Dice.seed(simulation.seed(), body)).below(MILLE);
        rest -= simulation.errorPerMille();
        if (rest < 0) {
            return FAILED;
        }
        rest -= simulation.throttlePerMille();
        if (rest < 0) {
            return THROTTLED;
        }
        rest -= simulation.stallPerMille();
        if (rest < 0) {
            return STALLED;
        }
        return rest < simulation.cutPerMille() ? CUT : SERVED;
    }
}
