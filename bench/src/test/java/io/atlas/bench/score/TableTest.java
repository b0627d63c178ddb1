package io.atlas.bench.score;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.bench.load.Books;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TableTest {
    @Test
    void aRatioIsTakenWithinARoundBeforeTheMedianIs() {
        Scores scores = new Scores(3);
        double[] nginx = {10, 20, 40};
        double[] atlas = {20, 60, 80};
        for (int round = 0; round < 3; round++) {
            scores.put(round, "nginx", Metric.PLAIN_CPU, nginx[round]);
            scores.put(round, "atlas", Metric.PLAIN_CPU, atlas[round]);
        }

        assertThat(Table.of(scores, List.of("nginx", "atlas"))).isEqualTo("""
                        |  | nginx | atlas | atlas / nginx |
                        |---|---|---|---|
                        | CPU per request, us | 20.0 (10.0 to 40.0) | 60.0 (20.0 to 80.0) | 2.00 (2.00 to 3.00) |
                        """);
    }

    @Test
    void booksSayByHowMuchTheyDiffer() {
        Books load = new Books(10, 300, 600);

        assertThat(load.comparedWith(new Books(10, 300, 600))).startsWith("books equal");
        assertThat(load.comparedWith(new Books(9, 270, 540))).contains("-1 requests, -30 input, -60 output tokens");
    }
}
