package io.atlas.kernel.route;

import io.atlas.kernel.route.Option.Outlook;
import io.atlas.kernel.route.Option.Promise;

/**
 * How fast a deployment has lately been, and how often it failed. It is judged by what nine in ten of its answers kept,
 * taken to be spread as their logarithms: times are, and a mean would hide the slow ones. Of about the last
 * {@value #SAMPLES} answers; and what was learned fades by half each minute, so that one which is not chosen for being
 * slow is soon known too little to be held against it, and is tried by a request again.
 *
 * <p>One of which too little is known is thought well of.
 */
public record Experience(Fading firstToken, Fading pace, Fading failures) {
    /** What was seen so long ago counts half. */
    static final long HALF_LIFE_MICROS = 60_000_000;

    static final int SAMPLES = 20;

    /** Of nothing. */
    public static final Experience NONE = new Experience(Fading.NOTHING, Fading.NOTHING, Fading.NOTHING);

    private static final int SAMPLES_OF_FAILURES = 100;
    private static final double ENOUGH = 0.5;
    private static final double ENOUGH_OF_FAILURES = 10;
    private static final double MOST_FAILURES = 0.1;

    /** Standard deviations between the mean and nine in ten. */
    private static final double NINE_IN_TEN = 1.2816;

    /** A stream's first token came after that time. */
    public Experience firstToken(long micros, long nowMicros) {
        return new Experience(
                firstToken.with(Math.log((double) Math.max(1, micros)), nowMicros, SAMPLES), pace, failures);
    }

    /** A stream had so many tokens a second after its first. */
    public Experience pace(double tokensPerSecond, long nowMicros) {
        double sample = Math.log(Math.max(0.001, tokensPerSecond));
        return new Experience(firstToken, pace.with(sample, nowMicros, SAMPLES), failures);
    }

    /** An answer was served. */
    public Experience served(long nowMicros) {
        return new Experience(firstToken, pace, failures.with(0, nowMicros, SAMPLES_OF_FAILURES));
    }

    /** It failed. */
    public Experience failed(long nowMicros) {
        return new Experience(firstToken, pace, failures.with(1, nowMicros, SAMPLES_OF_FAILURES));
    }

    /** What is to be expected of it, measured by what is promised. One that fails often keeps no promise. */
    public Outlook outlook(Sla sla, long nowMicros) {
        boolean known = firstToken.weight(nowMicros) >= ENOUGH;
        long firstTokenMicros = known ? Math.round(Math.exp(firstToken.at(NINE_IN_TEN))) : 0;
        boolean late = known
                && sla.firstToken().isPresent()
                && firstTokenMicros > sla.firstToken().orElseThrow().toNanos() / 1_000;
        boolean slow = pace.weight(nowMicros) >= ENOUGH
                && sla.tokensPerSecond().isPresent()
                && Math.exp(pace.at(-NINE_IN_TEN)) < sla.tokensPerSecond().getAsInt();
        boolean fails = failures.weight(nowMicros) >= ENOUGH_OF_FAILURES && failures.mean() > MOST_FAILURES;
        return new Outlook(late || slow || fails ? Promise.MISSED : Promise.KEPT, firstTokenMicros);
    }
}
