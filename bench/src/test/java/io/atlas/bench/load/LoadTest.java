package io.atlas.bench.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.StringTokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.json.JsonMapper;

final class LoadTest {
    private static final Duration SHORT = Duration.ofMillis(300);

    @ParameterizedTest
    @EnumSource(Shape.class)
    void everyAnswerOfTheUpstreamIsRight(Shape shape) throws InterruptedException {
        Channel upstream = Upstream.bind(0, new Pace.AtOnce()).sync().channel();
        Target target = new Target(((InetSocketAddress) upstream.localAddress()).getPort(), "none");

        Tally tally = new Load()
                .start(Plan.saturating(target, Asking.usual(shape), 3, SHORT))
                .join();

        assertThat(tally.complaints()).isEmpty();
        assertThat(tally.answered()).isGreaterThan(3);
        assertThat(tally.books().outputTokens()).isEqualTo(tally.answered() * Answers.completionTokens(shape));
        upstream.close().sync();
    }

    @Test
    void aSlowStreamIsRightToo() throws InterruptedException {
        Channel upstream = Upstream.bind(0, new Pace.Slowly(3, 100)).sync().channel();
        Target target = new Target(((InetSocketAddress) upstream.localAddress()).getPort(), "none");

        Tally tally = new Load()
                .start(Plan.once(target, Asking.paced(), 20, SHORT, SHORT.multipliedBy(20)))
                .join();

        assertThat(tally.complaints()).isEmpty();
        assertThat(tally.answered()).isEqualTo(20);
        assertThat(tally.whole().micros(0)).isGreaterThan(300_000);
        upstream.close().sync();
    }

    @Test
    void anAnswerThatDiffersFromTheUpstreamsIsCountedAsFailed() throws IOException {
        HttpServer liar = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        liar.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            byte[] body = Answers.body(Shape.PLAIN, 1);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        liar.start();

        Target target = new Target(liar.getAddress().getPort(), "none");
        Tally tally = new Load()
                .start(Plan.saturating(target, Asking.usual(Shape.PLAIN), 1, SHORT))
                .join();

        assertThat(tally.answered()).isZero();
        assertThat(tally.failed()).isPositive();
        assertThat(tally.complaints().getFirst()).contains("\"prompt_tokens\":1");
        liar.stop(0);
    }

    @Test
    void bodiesAreOfTheSizeThatIsPromisedAndNeverAlike() {
        Prompts prompts = new Prompts(Passages.words(7), new Target(1, "none"), Asking.usual(Shape.PLAIN), "r1c1");
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            Prompts.Prompt prompt = prompts.next(UnpooledByteBufAllocator.DEFAULT);
            String body = body(prompt.bytes());
            String text = body.substring(body.indexOf("\"content\":\"") + 11, body.indexOf("\"}]"));

            assertThat(body.length()).as("request %d", i).isBetween(1_400, 2_600);
            assertThat(new StringTokenizer(text).countTokens())
                    .as("request %d", i)
                    .isEqualTo(prompt.words());
            assertThat(seen.add(text)).as("request %d", i).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Script.class)
    void aBodyOfAScriptHasItsSizeAndIsJson(Script script) {
        Passages passages = Passages.written(script, 7);
        for (int size : List.of(1 << 10, 64 << 10, 512 << 10)) {
            Asking asking =
                    new Asking(Asking.QUICK, Shape.PLAIN, new Asking.Text.Written(script, size), Asking.Right.SERVED);
            Prompts.Prompt prompt =
                    new Prompts(passages, new Target(1, "none"), asking, "r1c1").next(UnpooledByteBufAllocator.DEFAULT);
            String body = body(prompt.bytes());
            String text = new JsonMapper()
                    .readTree(body)
                    .path("messages")
                    .path(0)
                    .path("content")
                    .asString();

            assertThat(body.getBytes(UTF_8)).hasSizeBetween(size - 100, size);
            assertThat(text.getBytes(UTF_8)).hasSize(prompt.textBytes());
            assertThat(new StringTokenizer(text).countTokens()).isEqualTo(prompt.words());
        }
    }

    private static String body(ByteBuf bytes) {
        String request = bytes.toString(UTF_8);
        bytes.release();
        return request.substring(request.indexOf("\r\n\r\n") + 4);
    }
}
