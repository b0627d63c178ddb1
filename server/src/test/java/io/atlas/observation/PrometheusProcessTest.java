package io.atlas.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.time.TimeSource;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where there is no Prometheus, that is told, and nothing breaks. */
class PrometheusProcessTest {
    @Test
    void whereItIsNotInstalledTheWayToGetItIsTold(@TempDir Path folder) {
        Observation observation =
                PrometheusProcess.start("no-such-prometheus", folder.resolve("p"), 1, TimeSource.system());

        assertThat(said(observation)).startsWith("Nobody watches: ").contains("apt-get install prometheus");
    }

    @Test
    void whatEndsAtOnceIsNotWaitedFor(@TempDir Path folder) {
        Observation observation = PrometheusProcess.start("false", folder.resolve("p"), 1, TimeSource.system());

        assertThat(said(observation)).isEqualTo("Nobody watches: false does not answer: it said nothing");
    }

    @Test
    void whyItDoesNotStartIsWhatItSaidLast(@TempDir Path folder) {
        Observation observation = PrometheusProcess.start("cat", folder.resolve("p"), 1, TimeSource.system());

        assertThat(said(observation))
                .startsWith("Nobody watches: cat does not answer: ")
                .contains("--help");
    }

    private static String said(Observation observation) {
        StringWriter out = new StringWriter();
        observation.print(new PrintWriter(out));
        observation.close();
        return out.toString().strip();
    }
}
