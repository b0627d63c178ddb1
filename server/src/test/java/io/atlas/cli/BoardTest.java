package io.atlas.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.scenario.Act;
import io.atlas.scenario.Frame;
import io.atlas.scenario.Review;
import io.atlas.scenario.Seen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class BoardTest {
    private static final Act NOISE = new Act("noise", Act.Mood.NOISY, Duration.ofSeconds(10));
    private static final Act CALM_AGAIN = new Act("calm again", Act.Mood.CALM, Duration.ofSeconds(10));
    private static final Seen SEEN = new Seen(
            100,
            40,
            0,
            3,
            Map.of("rate_limit_exceeded", 20L, "concurrency_exceeded", 40L),
            new Seen.Times(51_000_000, 99_000_000),
            new Seen.Times(251_000_000, 300_000_000));
    private static final Seen NOTHING = new Seen(0, 0, 0, 0, Map.of(), new Seen.Times(0, 0), new Seen.Times(0, 0));

    private final StringWriter text = new StringWriter();

    @Test
    void withoutATerminalEachTenantHasALineEveryFiveSeconds() {
        Board board = board(Ansi.OFF);

        for (int second = 1; second <= 10; second++) {
            board.watch(frame(NOISE, second));
        }

        assertThat(text.toString().lines())
                .containsExactly(
                        "act=noise second=5 tenant=acme asked_per_s=10.0 served_per_s=4.0 refused_per_s=6.0 broken=0 unsent=3"
                                + " first_token_p50=51ms first_token_p95=99ms whole_p50=251ms whole_p95=300ms"
                                + " requests_left=7 tokens_left=- refused=concurrency_exceeded:40,rate_limit_exceeded:20",
                        "act=noise second=10 tenant=acme asked_per_s=10.0 served_per_s=4.0 refused_per_s=6.0 broken=0 unsent=3"
                                + " first_token_p50=51ms first_token_p95=99ms whole_p50=251ms whole_p95=300ms"
                                + " requests_left=7 tokens_left=- refused=concurrency_exceeded:40,rate_limit_exceeded:20");
    }

    @Test
    void aLateFrameIsToldToo() {
        Board board = board(Ansi.OFF);

        board.watch(frame(NOISE, 4));
        board.watch(frame(NOISE, 6));
        board.watch(frame(NOISE, 10));
        board.watch(frame(CALM_AGAIN, 5));

        assertThat(text.toString().lines().map(line -> line.split(" tenant", -1)[0]))
                .containsExactly("act=noise second=6", "act=noise second=10", "act=calm-again second=5");
    }

    @Test
    void onATerminalTheTableOfAnActIsPaintedOverAndThatOfTheActBeforeStays() {
        Board board = board(Ansi.ON);

        board.watch(frame(NOISE, 1));
        assertThat(text.toString())
                .contains("noise, 1 s of 10", "concurrency_exceeded:40 rate_limit_exceeded:20")
                .doesNotContain("\u001b[J");
        long lines = text.toString().lines().count();

        board.watch(frame(NOISE, 2));
        assertThat(text.toString()).contains("\u001b[" + lines + "A\u001b[J\nnoise, 2 s of 10");

        board.watch(frame(CALM_AGAIN, 1));
        assertThat(text.toString().split("\u001b\\[J", -1)).hasSize(2);
    }

    @Test
    void atTheEndCalmAndNoiseStandUnderEachOther() {
        board(Ansi.OFF).applaud(new Review(List.of(new Review.Line("acme", NOTHING, SEEN))));

        assertThat(text.toString()).contains("""
                        tenant         asked  served  refused  broken  unsent  first token p50    p95  whole answer p50     p95
                        acme    calm       0       0        0       0       0                -      -                 -       -
                                noise    100      40       60       0       3            51 ms  99 ms            251 ms  300 ms
                        """, "goes on serving");
    }

    private Board board(Ansi ansi) {
        return new Board(new PrintWriter(text, true), ansi);
    }

    private static Frame frame(Act act, int seconds) {
        return new Frame(
                act,
                Duration.ofMillis(seconds * 1_000L + 12),
                List.of(new Frame.Row(
                        "acme", SEEN, new Frame.Rates(10, 4, 6), OptionalLong.empty(), OptionalLong.of(7))));
    }
}
