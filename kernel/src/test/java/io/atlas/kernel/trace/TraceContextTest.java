package io.atlas.kernel.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.trace.TraceContext.Sampling;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Trace ids: as W3C Trace Context has them, and the same before and after a request. */
class TraceContextTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SAMPLED = "00-" + TRACE + "-b7ad6b7169203331-01";

    @Test
    void aSampledCallerIsFollowedAndTheBackendOfEachAttemptIsToldOfItsOwnParent() {
        TraceContext context = TraceContext.of(TraceParent.read(SAMPLED).orElseThrow(), "rojo=1", 77);

        assertThat(context.recorded()).contains(context);
        assertThat(context.traceId()).isEqualTo(TRACE);
        assertThat(TraceContext.hex(context.parentId())).isEqualTo("b7ad6b7169203331");
        assertThat(context.traceparent(2))
                .isEqualTo("00-" + TRACE + "-" + TraceContext.hex(context.attempt(2)) + "-01")
                .isNotEqualTo(context.traceparent(1));
        assertThat(context.state()).isEqualTo("rojo=1");
    }

    @Test
    void theTraceOfACallerWhoMakesNoSpansIsPassedOnAsItCame() {
        String header = SAMPLED.substring(0, 53) + "00";
        TraceContext context = TraceContext.of(TraceParent.read(header).orElseThrow(), "", 77);

        assertThat(context.sampling()).isEqualTo(Sampling.PASSED_ON);
        assertThat(context.recorded()).isEmpty();
        assertThat(context.traceparent(1)).isEqualTo(header);
    }

    @Test
    void ofALaterVersionWhatIsKnownIsRead() {
        assertThat(TraceParent.read("cc" + SAMPLED.substring(2) + "-what-is-new"))
                .map(TraceParent::traceId)
                .contains(TRACE);
        assertThat(TraceParent.read("cc" + SAMPLED.substring(2) + ".what")).isEmpty();
        assertThat(TraceParent.read(SAMPLED + "-what")).isEmpty();
    }

    @Test
    void whatIsNoTraceparentIsNotFollowed() {
        assertThat(new String[] {
                    "",
                    "00",
                    "ff" + SAMPLED.substring(2),
                    SAMPLED.toUpperCase(java.util.Locale.ROOT),
                    SAMPLED.replace(TRACE, "0".repeat(32)),
                    SAMPLED.replace("b7ad6b7169203331", "0".repeat(16)),
                    SAMPLED.replace('-', '_'),
                    SAMPLED.substring(1),
                    SAMPLED.replace('c', 'g'),
                    SAMPLED + "-"
                })
                .allSatisfy(header -> assertThat(TraceParent.read(header)).isEmpty());
    }

    @Test
    void aTracestateIsPassedOnAsFarAsItIsOne() {
        assertThat(TraceParent.state("rojo=00f067aa0ba902b7, congo@x=t61rcWkgMzE"))
                .isEqualTo("rojo=00f067aa0ba902b7, congo@x=t61rcWkgMzE");
        assertThat(TraceParent.state("a=" + "b".repeat(511))).isEmpty();
        assertThat(TraceParent.state("a=1,".repeat(33))).isEmpty();
        assertThat(TraceParent.state("UPPER=1")).isEmpty();
        assertThat(TraceParent.state("a=b=c")).isEmpty();
        assertThat(TraceParent.state("a=b\u00e9")).isEmpty();
    }

    @Test
    void noTwoSpansOfATraceHaveOneIdAndNoneIsZero() {
        Random random = new Random(20261126);
        for (int i = 0; i < 1_000; i++) {
            TraceContext context = TraceContext.begin(
                    i == 0 ? 0 : random.nextLong(), random.nextLong(), i == 0 ? -1 : random.nextLong());
            Set<Long> ids = new HashSet<>();
            ids.add(context.spanId());
            for (int n = 0; n < 50; n++) {
                ids.add(context.attempt(n + 1));
                ids.add(context.step(n));
            }
            assertThat(ids).as("walk of seed 20261126, %d", i).hasSize(101).allMatch(id -> id > 0);
            assertThat(context.traceId()).matches("(?!0{32})[0-9a-f]{32}");
        }
    }
}
