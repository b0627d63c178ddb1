package io.atlas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import io.atlas.wire.Case.After;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every head and every body that can be read in two ways is refused, and nothing of it or behind it reaches a model. */
@Timeout(120)
class WireTest {
    private static final int SOON_MILLIS = 1_000;
    private static final AtomicInteger MARKS = new AtomicInteger();

    private static OracleUpstream oracle;
    private static Gate atlas;

    @BeforeAll
    static void start(@TempDir Path data) {
        oracle = OracleUpstream.start();
        atlas = new Gate(data, oracle.uri());
    }

    @AfterAll
    static void stop() {
        atlas.close();
        oracle.close();
    }

    static Stream<Case> cases() {
        return Stream.of(FieldCases.all(), FramingCases.all(), LineCases.all()).flatMap(List::stream);
    }

    @Test
    void theTableIsLong() {
        assertThat(cases().count()).isGreaterThan(400);
        assertThat(cases().map(Case::name)).doesNotHaveDuplicates();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("cases")
    void isAnsweredAsItsRowSays(Case row) throws IOException {
        String mark = "case-" + MARKS.incrementAndGet();
        String behind = "behind-" + mark;
        try (RawClient caller = atlas.caller()) {
            caller.write(row.bytes().apply(mark) + (row.after() == After.CLOSED ? Raw.chat(behind) : ""));
            RawReply reply = caller.reply();
            assertThat(reply.status()).as(reply.body()).isEqualTo(row.status());
            if (row.after() == After.CLOSED) {
                assertThat(reply.headers()).containsEntry("connection", "close");
                assertThat(caller.endsWithin(SOON_MILLIS)).as("closed").isTrue();
            } else {
                assertThat(caller.write(Raw.chat(mark + "-again")).reply().status())
                        .isEqualTo(200);
            }
            if (row.status() >= 400) {
                assertThat(reply.body()).startsWith("{\"error\":{").contains("\"code\":");
            }
        }
        boolean sent = row.status() == 200 && row.bytes().apply(mark).contains("POST");
        assertThat(oracle.journal().of(mark)).hasSize(sent ? 1 : 0);
        assertThat(oracle.journal().of(behind)).isEmpty();
        assertThat(atlas.good(mark + "-after").status()).isEqualTo(200);
    }
}
