package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A request that meets the close of a kept connection is sent once more, as the backend has not begun with it. */
@Timeout(60)
class StaleConnectionTest {
    private static final String KEY = "key-of-an-application";
    private static final String CONFIGURATION = """
            backends:
              closing: { type: openai, url: "http://127.0.0.1:${port}", concurrency: 1 }
            models:
              any: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: closing } ] }
            tiers:
              pro: { models: [ "*" ] }
            tenants:
              acme: { tier: pro, limits: [ { tokens: 1M, per: day } ], keys: { app: { secret: key-of-an-application } } }
            """;
    private static final String ANSWER =
            "{\"choices\":[{\"index\":0,\"message\":{\"content\":\"yes\"},\"finish_reason\":\"stop\"}],"
                    + "\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":1,\"total_tokens\":4}}";

    private final AtomicInteger requests = new AtomicInteger();
    private ServerSocket backend;
    private RunningAtlas atlas;

    /** How many requests a connection answers before it closes at the next. */
    private volatile int answersOfAConnection = 1;

    @BeforeEach
    void start(@TempDir Path data) throws IOException {
        backend = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
        atlas = RunningAtlas.start(data, CONFIGURATION, Map.of("port", Integer.toString(backend.getLocalPort())));
    }

    @AfterEach
    void stop() throws IOException {
        atlas.close();
        backend.close();
    }

    @Test
    void itIsSentOnceMoreAndChargedOnce() throws Exception {
        List<Integer> attempts = List.of(attempts(chat("first")), attempts(chat("second")));

        assertThat(attempts).containsExactly(1, 2);
        assertThat(requests).hasValue(3);
    }

    @Test
    void whatAFreshConnectionBreaksIsNotSentAgain() throws Exception {
        answersOfAConnection = 0;

        chat("first").expect(502);

        assertThat(requests).hasValue(1);
    }

    /** Each second request breaks a connection: every one of them is a retry, and there is a fifth of them. */
    @Test
    void itIsSentAgainOnlyWithinTheBudgetOfTheBackend() throws Exception {
        int served = 0;
        for (int i = 0; i < 40; i++) {
            served +=
                    atlas.chat(KEY, Chat.of("any", "number " + i).maxTokens(10)).status() == 200 ? 1 : 0;
        }

        assertThat(served).isBetween(20, 39);
    }

    private Reply chat(String text) throws Exception {
        return atlas.chat(KEY, Chat.of("any", text).maxTokens(10));
    }

    private static long count(Reply reply, String step) throws Exception {
        return reply.json()
                .path("steps")
                .valueStream()
                .filter(one -> one.path("step").asString("").equals(step))
                .count();
    }

    private int attempts(Reply reply) throws Exception {
        reply.expect(200);
        Reply receipt = atlas.get(KEY, "/v1/decisions/" + reply.header("x-atlas-decision"))
                .expect(200);
        return (int) count(receipt, "attempt");
    }

    private void accept() {
        while (!backend.isClosed()) {
            try {
                Socket socket = backend.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException _) {
                // Closed while it waited.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (int answered = 0; read(in); answered++) {
                requests.incrementAndGet();
                if (answered == answersOfAConnection) {
                    return;
                }
                String head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: " + ANSWER.length();
                socket.getOutputStream().write((head + "\r\n\r\n" + ANSWER).getBytes(StandardCharsets.US_ASCII));
            }
        } catch (IOException _) {
            // The gateway has closed it.
        }
    }

    /** Reads one request; false where there is none. */
    private static boolean read(BufferedReader in) throws IOException {
        int length = 0;
        String line = in.readLine();
        if (line == null) {
            return false;
        }
        while (line != null && !line.isEmpty()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(
                        line.substring("content-length:".length()).strip());
            }
            line = in.readLine();
        }
        return in.skip(length) == length;
    }
}
