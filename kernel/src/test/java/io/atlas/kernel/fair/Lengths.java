package io.atlas.kernel.fair;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/** Requests as long as real ones; where they are from is written beside the file. */
public final class Lengths {
    private static final List<long[]> ROWS = rows();

    private Lengths() {}

    /** Input and output tokens of one request. */
    public static long[] any(SplittableRandom random) {
        return ROWS.get(random.nextInt(ROWS.size()));
    }

    private static List<long[]> rows() {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(Lengths.class.getResourceAsStream("azure2023_conv.csv")),
                StandardCharsets.US_ASCII))) {
            return reader.lines().skip(1).map(Lengths::row).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long[] row(String line) {
        int comma = line.indexOf(',');
        return new long[] {Long.parseLong(line.substring(0, comma)), Long.parseLong(line.substring(comma + 1))};
    }
}
