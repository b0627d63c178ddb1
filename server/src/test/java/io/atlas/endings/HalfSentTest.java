package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Customer.Charge;
import io.atlas.testing.OracleUpstream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A backend that does not read the request to its end: what was not sent whole is not charged. */
@Timeout(120)
class HalfSentTest {
    private static final int MORE_THAN_SOCKETS_HOLD = 9 << 20;
    private static final int SMALL_BUFFER_BYTES = 4 << 10;

    @TempDir
    Path folder;

    private final OracleUpstream oracle = OracleUpstream.start();
    private ServerSocket narrow;
    private House house;

    @BeforeEach
    void open() throws IOException {
        narrow = new ServerSocket();
        narrow.setReceiveBufferSize(SMALL_BUFFER_BYTES);
        narrow.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        String limits =
                "[ { tokens: 1G, per: day }, { cost: \"1000000 USD\", per: month }, { requests: 1k, per: hour } ]";
        house = House.of(new Terms(
                folder,
                List.of(
                        "narrow: { type: openai, url: \"http://127.0.0.1:" + narrow.getLocalPort() + "\" }",
                        House.backend("openai", "openai", oracle, "")),
                List.of("narrow/words-8", "openai/words-8"),
                List.of(House.tenant("t", limits))));
    }

    @AfterEach
    void close() throws Exception {
        house.desk().awaitNothingHeld();
        house.close();
        narrow.close();
        oracle.close();
    }

    @Test
    void whoIsRefusedBeforeTheRequestWasReadIsToldAndItsConnectionServesNobodyElse() throws Exception {
        Customer customer = house.customer("t");
        CompletableFuture<HttpResponse<String>> answer = customer.askLater(large());
        try (Socket backend = acceptHead()) {
            String body = "{\"error\":{\"message\":\"too much\"}}";
            backend.getOutputStream()
                    .write(("HTTP/1.1 413 Too Much\r\ncontent-length: " + body.length() + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(answer.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode())
                    .isEqualTo(413);
            assertThat(endsInTheMiddle(backend)).isTrue();
        }
        customer.endedOnce(id(answer), "failed", "backend_rejected", Charge.NOTHING);
    }

    @Test
    void aConnectionThatBreaksWithinTheRequestCostsNothing() throws Exception {
        Customer customer = house.customer("t");
        CompletableFuture<HttpResponse<String>> answer = customer.askLater(large());
        for (int attempt = 0; attempt < 2; attempt++) {
            try (Socket backend = acceptHead()) {
                backend.setSoLinger(true, 0);
            }
        }
        assertThat(answer.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS).statusCode())
                .isEqualTo(502);
        customer.endedOnce(id(answer), "failed", "backend_error", Charge.NOTHING);
    }

    @Test
    void whoLeavesBeforeTheRequestIsSentWholeIsChargedNothing() throws Exception {
        Customer customer = house.customer("t");
        Conversation caller = customer.converse(large());
        try (Socket backend = acceptHead()) {
            caller.leave();
            Await.until("one line", () -> customer.usage().path("requests").asLong() == 1);
            assertThat(endsInTheMiddle(backend)).isTrue();
        }
        assertThat(customer.usage().path("charged_requests").asLong()).isZero();
        assertThat(customer.limit("tokens/day").path("used").asLong()).isZero();
    }

    private static Question large() {
        return Question.to("narrow/words-8", "large").saying("word ".repeat(MORE_THAN_SOCKETS_HOLD / 5));
    }

    private Socket acceptHead() throws IOException {
        Socket backend = narrow.accept();
        BufferedReader head = new BufferedReader(
                new InputStreamReader(backend.getInputStream(), StandardCharsets.US_ASCII), SMALL_BUFFER_BYTES);
        while (!head.readLine().isEmpty()) {
            // What is asked does not matter here.
        }
        return backend;
    }

    /** Whether the connection ends long before the end of the request. */
    private static boolean endsInTheMiddle(Socket socket) throws IOException {
        socket.setSoTimeout((int) Await.PATIENCE.toMillis());
        try {
            return socket.getInputStream().readNBytes(MORE_THAN_SOCKETS_HOLD / 2).length < MORE_THAN_SOCKETS_HOLD / 2;
        } catch (SocketException _) {
            return true;
        }
    }

    private static String id(CompletableFuture<HttpResponse<String>> answer) {
        return answer.join().headers().firstValue("x-atlas-decision").orElseThrow();
    }
}
