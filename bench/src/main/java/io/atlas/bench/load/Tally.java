package io.atlas.bench.load;

import java.util.ArrayList;
import java.util.List;

/** What became of the requests of one stretch of load. Not safe for use by several threads. */
public final class Tally {
    private static final int MOST_COMPLAINTS = 5;

    private final Samples firstByte = new Samples();
    private final Samples whole = new Samples();
    private final List<String> complaints = new ArrayList<>();
    private long answered;
    private long failed;
    private long refused;
    private long promptTokens;
    private long completionTokens;

    /** Counts an answer that was right in every byte. */
    void answered(Shape shape, int words, long firstByteNanos, long wholeNanos) {
        answered++;
        promptTokens += words;
        completionTokens += Answers.completionTokens(shape);
        firstByte.add(firstByteNanos);
        whole.add(wholeNanos);
    }

    /** Counts a refusal that was right. */
    void refused(long wholeNanos) {
        refused++;
        whole.add(wholeNanos);
    }

    /** Counts an answer that was wrong, or did not come. */
    void failed(String complaint) {
        failed++;
        if (complaints.size() < MOST_COMPLAINTS) {
            complaints.add(complaint);
        }
    }

    /** Adds another tally to this one. */
    public void add(Tally other) {
        answered += other.answered;
        failed += other.failed;
        refused += other.refused;
        promptTokens += other.promptTokens;
        completionTokens += other.completionTokens;
        firstByte.addAll(other.firstByte);
        whole.addAll(other.whole);
        other.complaints.stream().limit(MOST_COMPLAINTS - complaints.size()).forEach(complaints::add);
    }

    /** Requests whose answer was right. */
    public long answered() {
        return answered;
    }

    /** Requests that were refused, and rightly so. */
    public long refused() {
        return refused;
    }

    /** Requests whose answer was wrong or missing. */
    public long failed() {
        return failed;
    }

    /** What the first few failures were. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** What the answered requests ought to have been charged. */
    public Books books() {
        return new Books(answered, promptTokens, completionTokens);
    }

    /** From the moment a request was due to the first byte of its answer's body. */
    public Samples firstByte() {
        return firstByte;
    }

    /** From the moment a request was due to the last byte of its answer. */
    public Samples whole() {
        return whole;
    }
}
