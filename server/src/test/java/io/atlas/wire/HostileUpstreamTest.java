package io.atlas.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a backend answers with is as little trusted as what a caller asks with. */
@Timeout(120)
class HostileUpstreamTest {
    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String JSON = """
            {"id":"1","object":"chat.completion","created":0,"model":"m","choices":[{"index":0,"finish_reason":"stop",\
            "message":{"role":"assistant","content":"hi"}}],\
            "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";
    private static final String SIZED = "content-type: application/json\r\ncontent-length: " + JSON.length() + "\r\n";
    private static final String GOOD = OK + SIZED + "\r\n" + JSON;
    private static final Pattern LINES = Pattern.compile("\"requests\":(\\d+).*?\"refused\":(\\d+)");

    private static ScriptedUpstream upstream;
    private static Gate atlas;

    @BeforeAll
    static void start(@TempDir Path data) {
        upstream = ScriptedUpstream.start();
        atlas = new Gate(data, upstream.uri());
    }

    @AfterAll
    static void stop() throws IOException {
        atlas.close();
        upstream.close();
    }

    static List<String> wrong() {
        return List.of(
                OK + SIZED + "x: a\u0000b\r\n\r\n" + JSON,
                OK + SIZED + "x: a\rb\r\n\r\n" + JSON,
                OK + SIZED + "x: a\u0001b\r\n\r\n" + JSON,
                OK + SIZED + "x: a\u007fb\r\n\r\n" + JSON,
                OK + SIZED + "x\u0000y: a\r\n\r\n" + JSON,
                OK + SIZED + ": a\r\n\r\n" + JSON,
                OK + SIZED + "content-length: " + JSON.length() + "\r\n\r\n" + JSON,
                OK + SIZED + "content-length: 1\r\n\r\n" + JSON,
                OK + SIZED + "transfer-encoding: chunked\r\n\r\n" + Raw.chunk(JSON, "") + "0\r\n\r\n",
                OK + "transfer-encoding: chunked, chunked\r\n\r\n" + Raw.chunk(JSON, "") + "0\r\n\r\n",
                OK + "transfer-encoding: chunked\r\n\r\n" + Raw.chunk(JSON, ""),
                OK + "transfer-encoding: chunked\r\n\r\n0x" + Raw.chunk(JSON, "") + "0\r\n\r\n",
                OK + "transfer-encoding: chunked\r\n\r\nzz\r\n" + JSON,
                OK + "content-length: -1\r\n\r\n" + JSON,
                OK + "content-length: +5\r\n\r\n" + JSON,
                OK + "content-length: " + (JSON.length() + 1) + "\r\n\r\n" + JSON,
                OK + "content-length: 5\r\n\r\n" + JSON,
                OK + "content-length: 0\r\n\r\n",
                OK + SIZED + "x: y\r\n".repeat(101) + "\r\n" + JSON,
                OK + SIZED + ("x: " + "y".repeat(8_000) + "\r\n").repeat(9) + "\r\n" + JSON,
                OK + SIZED + "content-encoding: gzip\r\n\r\n" + JSON,
                OK + SIZED,
                "HTTP/1.1 2",
                "",
                "\u0000\u0001\u0002\r\n\r\n",
                "ICY 200 OK\r\n\r\n" + JSON,
                "HTTP/1.1 abc OK\r\n\r\n" + JSON,
                "HTTP/1.1 " + "9".repeat(5_000) + " OK\r\n\r\n" + JSON,
                "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n" + JSON,
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 102 Processing\r\n\r\n".repeat(11) + GOOD,
                "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(5_000) + GOOD,
                "HTTP/1.1 100 Continue\r\n\r\n".repeat(11) + GOOD);
    }

    static List<String> right() {
        return List.of(
                GOOD,
                "HTTP/1.1 100 Continue\r\n\r\n" + GOOD,
                "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(3) + GOOD,
                OK + "transfer-encoding: chunked\r\n\r\n" + Raw.chunk(JSON, "") + "0\r\n\r\n",
                OK + "\r\n" + JSON,
                OK + SIZED + "set-cookie: a=b\r\nserver: s\r\nx-atlas-model: other\r\nconnection: close\r\n\r\n" + JSON,
                OK + SIZED + "location: /\r\naccess-control-allow-origin: *\r\nx-request-id: theirs\r\n\r\n" + JSON);
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void isToldAsABackendsErrorAndIsOneLineOfTheLedger(String answer) throws IOException {
        int lines = lines();
        int requests = upstream.requests();
        upstream.answer(answer);
        RawReply reply = atlas.good("wrong-" + requests);
        assertThat(reply.status()).as(reply.body()).isEqualTo(502);
        assertThat(reply.body()).contains("\"code\":\"backend_error\"");
        assertThat(lines()).isEqualTo(lines + 1);
        assertThat(upstream.requests()).isEqualTo(requests + 1);
        afterwards();
    }

    @ParameterizedTest
    @MethodSource("right")
    void isPassedOnWithoutAnyHeaderOfItsOwn(String answer) throws IOException {
        upstream.answer(answer);
        RawReply reply = atlas.good("right");
        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo(JSON);
        assertThat(reply.headers().keySet())
                .allMatch(name -> name.startsWith("x-atlas-")
                        || name.startsWith("x-ratelimit-")
                        || List.of("content-type", "content-length", "x-request-id", "ratelimit", "ratelimit-policy")
                                .contains(name));
        assertThat(reply.headers()).containsEntry("x-atlas-model", "m");
        assertThat(reply.headers().get("x-request-id")).startsWith("req_");
        afterwards();
    }

    private static void afterwards() throws IOException {
        upstream.answer(GOOD);
        assertThat(atlas.good("after").body()).isEqualTo(JSON);
    }

    /** Requests and refusals in the ledger. */
    private static int lines() throws IOException {
        Matcher total = LINES.matcher(atlas.usage().substring(atlas.usage().indexOf("\"total\"")));
        assertThat(total.find()).isTrue();
        return Integer.parseInt(total.group(1)) + Integer.parseInt(total.group(2));
    }
}
