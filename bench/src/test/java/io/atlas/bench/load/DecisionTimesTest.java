package io.atlas.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class DecisionTimesTest {
    private static final DecisionTimes EARLIER = DecisionTimes.of("""
            # TYPE atlas_quota_check_seconds histogram
            atlas_quota_check_seconds_bucket{store="memory",le="0.001"} 10
            atlas_quota_check_seconds_bucket{store="memory",le="0.005"} 10
            atlas_quota_check_seconds_bucket{store="memory",le="0.01"} 10
            atlas_quota_check_seconds_bucket{store="memory",le="+Inf"} 11
            """);
    private static final DecisionTimes LATER = DecisionTimes.of("""
            atlas_gateway_overhead_seconds_bucket{le="0.001"} 7
            atlas_quota_check_seconds_bucket{store="memory",le="0.001"} 60
            atlas_quota_check_seconds_bucket{store="memory",le="0.005"} 110
            atlas_quota_check_seconds_bucket{store="memory",le="0.01"} 110
            atlas_quota_check_seconds_bucket{store="memory",le="+Inf"} 111
            atlas_quota_check_seconds_sum{store="memory"} 1.0
            """);

    @Test
    void aStretchHasOnlyTheDecisionsThatCameInIt() {
        DecisionTimes stretch = LATER.since(EARLIER);

        assertThat(stretch.count()).isEqualTo(100);
        assertThat(stretch.millis(0.25)).isEqualTo(0.5);
        assertThat(stretch.millis(0.75)).isEqualTo(3);
        assertThat(stretch.mostMillis()).isEqualTo(5);
    }

    @Test
    void whatIsBeyondTheLastBoundIsInfinite() {
        assertThat(LATER.mostMillis()).isInfinite();
        assertThat(LATER.millis(1)).isInfinite();
        assertThat(LATER.since(LATER).millis(0.99)).isZero();
    }
}
