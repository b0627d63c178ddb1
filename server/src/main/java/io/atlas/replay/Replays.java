package io.atlas.replay;

/** All that a process knows of requests that come again. */
public record Replays(Fingerprints prints, Recordings recordings, AnswerStore answers, Storms storms) {
    /** Nothing known yet; named answers are in that store. */
    public static Replays begin(long random, AnswerStore answers) {
        return new Replays(new Fingerprints(random), new Recordings(), answers, new Storms());
    }
}
