package io.atlas.replay;

/** All that a process knows of requests that come again. */
public record Replays(
        Fingerprints prints, Recordings recordings, AnswerStore answers, Storms storms, Neighbours neighbours) {
    /** Nothing known yet; named answers are in that store. */
    public static Replays begin(long random, AnswerStore answers) {
        return new Replays(new Fingerprints(random), new Recordings(), answers, new Storms(), Neighbours.NONE);
    }

    /** The same on a node that has these neighbours. */
    public Replays among(Neighbours others) {
        return new Replays(prints, recordings, answers, storms, others);
    }
}
