package io.atlas.kernel.saving;

import io.atlas.kernel.fair.Lengths;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/** Requests that come when real ones came and are as long as those; where they are from is written beside the file. */
final class Trace {
    private static final long[] GAPS = gaps();

    /** One request of it. */
    record Request(long micros, long inputTokens, long outputTokens, long mostOutputTokens) {
        /** As the queue measures it. */
        long work() {
            return inputTokens + 2 * outputTokens;
        }

        Request at(long other) {
            return new Request(other, inputTokens, outputTokens, mostOutputTokens);
        }
    }

    private Trace() {}

    /** So many that came one after the other, of which each might be up to four times as long as it turns out to be. */
    static List<Request> window(int requests, SplittableRandom random) {
        int first = random.nextInt(GAPS.length - requests);
        long micros = 0;
        List<Request> window = new ArrayList<>(requests);
        for (int i = first; i < first + requests; i++) {
            micros += 1_000 * GAPS[i];
            long[] length = Lengths.any(random);
            window.add(new Request(micros, length[0], length[1], length[1] * random.nextLong(1, 5)));
        }
        return window;
    }

    private static long[] gaps() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Trace.class.getResourceAsStream("azure2023_conv_gaps.csv")),
                StandardCharsets.US_ASCII))) {
            return reader.lines().skip(1).mapToLong(Long::parseLong).toArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
