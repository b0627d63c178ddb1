package io.atlas.elasticity;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.elasticity.Sight.Rate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SightTest {
    private static final Sight BUSY =
            new Sight(Map.of("tenant:a:requests/minute", new Rate(3, 4, 5)), Map.of("gpu", 0.5));
    private static final Sight QUIET = new Sight(
            Map.of("tenant:a:requests/minute", new Rate(1, 1, 0), "tenant:b:requests/minute", new Rate(2, 2, 2)),
            Map.of("gpu", 0.25, "other", 0.125));

    @Test
    void whatAllNodesSawIsTheSum() {
        Sight all = BUSY.with(List.of(QUIET), 2);
        assertThat(all.of("tenant:a:requests/minute")).isEqualTo(new Rate(4, 5, 5));
        assertThat(all.of("tenant:b:requests/minute")).isEqualTo(new Rate(2, 2, 2));
        assertThat(all.fullest(List.of("gpu", "other"))).isEqualTo(0.75);
        assertThat(all.fullest(List.of("other"))).isEqualTo(0.125);
    }

    @Test
    void whoSaidNothingSawAsMuchAsTheMean() {
        assertThat(BUSY.with(List.of(), 4).of("tenant:a:requests/minute")).isEqualTo(new Rate(12, 16, 20));
        assertThat(BUSY.with(List.of(QUIET), 4).of("tenant:a:requests/minute")).isEqualTo(new Rate(8, 10, 10));
        assertThat(BUSY.with(List.of(QUIET), 1).of("tenant:a:requests/minute"))
                .as("one more spoke than is known")
                .isEqualTo(new Rate(4, 5, 5));
    }

    @Test
    void noBackendIsFullerThanFull() {
        assertThat(BUSY.with(List.of(), 4).fullest(List.of("gpu"))).isEqualTo(1);
        assertThat(BUSY.fullest(List.of("unknown"))).isZero();
    }

    @Test
    void whatIsToldIsWhatIsRead() {
        assertThat(Sight.read(QUIET.text())).isEqualTo(QUIET);
        assertThat(Sight.read("")).isEqualTo(new Sight(Map.of(), Map.of()));
        assertThat(Sight.read(BUSY.text() + "\nsomething\tnew\t1")).isEqualTo(BUSY);
    }
}
