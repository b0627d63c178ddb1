package io.atlas.bench.score;

/** What is measured of a proxy in each round. */
public enum Metric {
    PLAIN_CPU("CPU per request, us", 1),
    PLAIN_RATE("requests/s", 0),
    STREAM_CPU("CPU per stream of 100 chunks, us", 0),
    STREAM_RATE("streams/s", 0),
    ALONE_P50("alone, added time, p50, us", 0),
    ALONE_P99("alone, added time, p99, us", 0),
    FIRST_BYTE_P50("stream at half of saturation, added to the first byte, p50, us", 0),
    FIRST_BYTE_P99("stream at half of saturation, added to the first byte, p99, us", 0),
    MEMORY("memory under load (PSS), MiB", 0);

    private final String label;
    private final int decimals;

    Metric(String label, int decimals) {
        this.label = label;
        this.decimals = decimals;
    }

    /** What the table calls it. */
    public String label() {
        return label;
    }

    /** How many places after the point carry information. */
    public int decimals() {
        return decimals;
    }
}
