package io.atlas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.testing.OracleUpstream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who is slow, who sends more than was asked for, and who asks for too many connections keeps nobody else waiting. */
@Timeout(120)
class SlowCallerTest {
    private static final int SOON_MILLIS = 1_000;
    private static final Duration HEAD = Duration.ofSeconds(10);

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

    @Test
    void aHeadAndABodyThatDoNotComeAreRefusedAfter10Seconds() throws IOException {
        long start = System.nanoTime();
        String chat = Raw.chat("slow");
        try (RawClient head = atlas.caller().write(chat.substring(0, 60));
                RawClient body = atlas.caller().write(chat.substring(0, chat.length() - 1));
                RawClient chunked = atlas.caller().write(Raw.chunked("5\r\n{\"mo"));
                RawClient operator = atlas.operator().write("GET /metr")) {
            for (RawClient slow : List.of(head, body, chunked, operator)) {
                RawReply reply = slow.reply();
                assertThat(reply.status()).as(reply.body()).isEqualTo(408);
                assertThat(reply.headers()).containsEntry("connection", "close");
                assertThat(slow.endsWithin(SOON_MILLIS)).isTrue();
            }
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        assertThat(took).isBetween(HEAD.minusMillis(100), HEAD.plusSeconds(5));
        assertThat(oracle.journal().of("slow")).isEmpty();
        assertThat(atlas.good("after-slow").status()).isEqualTo(200);
    }

    @Test
    void aBodyThatNobodyReadsIsNotWaitedFor() throws IOException {
        try (RawClient caller = atlas.caller()) {
            caller.write("POST /v1/nothing HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\n0123456789");
            assertThat(caller.reply().status()).isEqualTo(404);
            assertThat(caller.endsWithin(SOON_MILLIS)).isTrue();
        }
    }

    @Test
    void aCallerWhoExpects100IsToldToGoOn() throws IOException {
        try (RawClient caller = atlas.caller()) {
            String request = Raw.chat("expects", "expect: 100-continue\r\n");
            int body = request.indexOf("{");
            caller.write(request.substring(0, body));
            assertThat(caller.interim()).isEqualTo(100);
            assertThat(caller.write(request.substring(body)).reply().status()).isEqualTo(200);
        }
    }

    @Test
    void aCallerWhoExpects100ForTooMuchIsRefusedInstead() throws IOException {
        try (RawClient caller = atlas.caller()) {
            caller.write(Raw.framed("expect: 100-continue\r\ncontent-length: 1000000\r\n", ""));
            assertThat(caller.interim()).isEqualTo(413);
        }
    }

    @Test
    void aRefusalBehindAGoodRequestWaitsForItsTurn() throws IOException {
        try (RawClient caller = atlas.caller()) {
            caller.write(Raw.chat("first") + "NONSENSE\r\n\r\n" + Raw.chat("behind"));
            assertThat(caller.reply().status()).isEqualTo(200);
            assertThat(caller.reply().status()).isEqualTo(400);
            assertThat(caller.endsWithin(SOON_MILLIS)).isTrue();
        }
        assertThat(oracle.journal().of("behind")).isEmpty();
    }

    @Test
    void aBrokenBodyBehindAGoodRequestWaitsForItsTurn() throws IOException {
        try (RawClient caller = atlas.caller()) {
            caller.write(Raw.chat("second") + Raw.chunked("x\r\n") + Raw.chat("behind"));
            assertThat(caller.reply().status()).isEqualTo(200);
            assertThat(caller.reply().status()).isEqualTo(400);
            assertThat(caller.endsWithin(SOON_MILLIS)).isTrue();
        }
        assertThat(oracle.journal().of("behind")).isEmpty();
    }

    @Test
    void oneByteAtATimeIsTheSameRequest() throws IOException {
        try (RawClient caller = atlas.caller()) {
            for (char octet : Raw.chunked(Raw.chunk(Raw.body("drops"), ";a=b") + "0\r\nx: y\r\n\r\n")
                    .toCharArray()) {
                caller.write(String.valueOf(octet));
            }
            assertThat(caller.reply().status()).isEqualTo(200);
        }
        assertThat(oracle.journal().of("drops")).singleElement().satisfies(entry -> {
            assertThat(entry.body()).contains("drops");
            assertThat(entry.headers()).doesNotContainKeys("x", "transfer-encoding", "expect");
        });
    }

    @Test
    void aConnectionTooManyIsClosedAndOneLessIsServed() throws IOException {
        List<RawClient> open = new ArrayList<>();
        try {
            for (int i = 0; i < Gate.MAX_CONNECTIONS; i++) {
                RawClient caller = atlas.caller().write(Raw.get("/livez"));
                assertThat(caller.reply().status()).isEqualTo(200);
                open.add(caller);
            }
            try (RawClient tooMany = atlas.caller()) {
                assertThat(tooMany.endsWithin(SOON_MILLIS)).isTrue();
            }
            assertThat(open.getFirst().write(Raw.get("/livez")).reply().status())
                    .isEqualTo(200);
        } finally {
            for (RawClient caller : open) {
                caller.close();
            }
        }
    }

    @Test
    void theListenerOfOperatorsRefusesTheSame() throws IOException {
        for (String bytes : List.of(
                "GET /metrics HTTP/1.1\n\n",
                "GET /metrics HTTP/1.1\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\n1",
                "GET /admin/../metrics HTTP/1.1\r\nhost: a\r\n\r\n",
                "GET /metrics HTTP/1.1\r\nhost: a\r\nx: y\r\n z\r\n\r\n")) {
            try (RawClient operator = atlas.operator().write(bytes)) {
                RawReply reply = operator.reply();
                assertThat(reply.status()).isEqualTo(400);
                assertThat(reply.headers()).containsEntry("content-type", "application/problem+json");
                assertThat(operator.endsWithin(SOON_MILLIS)).isTrue();
            }
        }
    }

    @Test
    void nothingOfTheCallersHeadReachesTheModel() throws IOException {
        try (RawClient caller = atlas.caller()) {
            caller.write(Raw.chat("head", """
                    x-forwarded-for: 1.2.3.4\r
                    x-real-ip: 1.2.3.4\r
                    x-request-id: mine\r
                    cookie: a=b\r
                    connection: x-a\r
                    x-a: b\r
                    te: trailers\r
                    upgrade: h2c\r
                    trailer: x\r
                    """));
            assertThat(caller.reply().status()).isEqualTo(200);
        }
        assertThat(oracle.journal().of("head")).singleElement().satisfies(entry -> {
            assertThat(entry.headers())
                    .containsOnlyKeys(
                            "host", "content-type", "content-length", "accept-encoding", "user-agent", "x-request-id");
            assertThat(entry.headers().get("x-request-id")).startsWith("req_");
        });
    }
}
