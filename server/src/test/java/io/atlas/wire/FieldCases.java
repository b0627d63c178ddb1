package io.atlas.wire;

import static io.atlas.wire.Case.answered;
import static io.atlas.wire.Case.malformed;
import static io.atlas.wire.Case.octet;
import static io.atlas.wire.Case.refused;
import static io.atlas.wire.Case.served;
import static io.atlas.wire.Raw.AUTH;
import static io.atlas.wire.Raw.CRLF;
import static io.atlas.wire.Raw.HOST;
import static io.atlas.wire.Raw.chat;
import static io.atlas.wire.Raw.get;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a header may look like. */
final class FieldCases {
    private static final int MAX_FIELD_BYTES = 8 << 10;
    private static final int MAX_HEAD_BYTES = 32 << 10;

    private FieldCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        IntStream.concat(IntStream.range(0, ' '), IntStream.of(0x7f))
                .filter(octet -> octet != '\t')
                .forEach(octet -> cases.add(malformed(
                        "a value with " + octet(octet), mark -> chat(mark, "x-a: b" + (char) octet + "c" + CRLF))));
        IntStream.concat(IntStream.rangeClosed(0, ' '), "\"(),/;<=>?@[\\]{}\u007f\u0080\u00ff".chars())
                .forEach(octet -> cases.add(malformed(
                        "a name with " + octet(octet), mark -> chat(mark, "x-a" + (char) octet + "b: c" + CRLF))));
        cases.addAll(shapes());
        cases.addAll(hosts());
        cases.addAll(sizes());
        cases.addAll(meanings());
        return cases;
    }

    private static List<Case> shapes() {
        return List.of(
                served("a value with a tab within", mark -> chat(mark, "x-a: b\tc" + CRLF)),
                served("a value of octets beyond ASCII", mark -> chat(mark, "x-a: \u00e9\u0080\u00ff" + CRLF)),
                served("an empty value", mark -> chat(mark, "x-a:" + CRLF)),
                served("a name of every sort of token character", mark -> chat(mark, "x!#$%&'*+-.^_`|~9Z: b" + CRLF)),
                malformed("a folded value", mark -> chat(mark, "x-a: b\r\n c" + CRLF)),
                malformed("a value folded by a tab", mark -> chat(mark, "x-a: b\r\n\tc" + CRLF)),
                malformed("a fold before the first header", mark -> Raw.LINE + " x: y\r\n" + HOST + AUTH + CRLF),
                malformed("a blank before the colon", mark -> chat(mark, "x-a : b" + CRLF)),
                malformed("a tab before the colon", mark -> chat(mark, "x-a\t: b" + CRLF)),
                malformed("an empty name", mark -> chat(mark, ": b" + CRLF)),
                malformed("no colon", mark -> chat(mark, "x-a" + CRLF)),
                malformed("a header that ends in LF", mark -> chat(mark, "x-a: b\n")),
                malformed("a header that ends in CR CR LF", mark -> chat(mark, "x-a: b\r\r\n")),
                malformed("a header that ends in LF CR", mark -> chat(mark, "x-a: b\n\r")),
                malformed("an empty line of LF", mark -> Raw.LINE + HOST + AUTH + "\n"),
                malformed("all lines end in LF", mark -> chat(mark).replace("\r", "")),
                malformed("all lines end in CR", mark -> chat(mark).replace("\n", "")),
                malformed("an underscore in Content-Length", mark -> chat(mark, "content_length: 1" + CRLF)),
                malformed(
                        "an underscore in Transfer-Encoding", mark -> chat(mark, "Transfer_Encoding: chunked" + CRLF)),
                malformed("an underscore in Content-Type", mark -> chat(mark, "content_type: text/plain" + CRLF)),
                malformed("an underscore in Content-Encoding", mark -> chat(mark, "content_encoding: gzip" + CRLF)),
                malformed("an underscore in x-api-key", mark -> chat(mark, "x_api-key: other" + CRLF)),
                malformed("an underscore in api-key", mark -> chat(mark, "api_key: other" + CRLF)),
                served("an underscore in a name without a meaning", mark -> chat(mark, "x_anything: b" + CRLF)));
    }

    private static List<Case> hosts() {
        List<Case> cases = new ArrayList<>();
        for (String host : List.of("atlas", "ATLAS:8080", "127.0.0.1:1", "[::1]:80", "[::1]", "a_b.c-d~e:65535")) {
            cases.add(served("the host '" + host + "'", mark -> chat(mark).replace("host: atlas", "host: " + host)));
        }
        for (String host : List.of(
                "",
                "a b",
                "a,b",
                "a/b",
                "x/#@y",
                "user@a",
                "a:b",
                "a:",
                "a:65536",
                "a:123456",
                "[::1",
                "[]",
                "[::1]x",
                "::1",
                "a#b",
                "a?b",
                "http://a",
                "a%41")) {
            cases.add(malformed("the host '" + host + "'", mark -> chat(mark).replace("host: atlas", "host: " + host)));
        }
        cases.add(malformed("no host", mark -> chat(mark).replace(HOST, "")));
        cases.add(malformed("two hosts", mark -> chat(mark, "host: other" + CRLF)));
        cases.add(malformed("the same host twice", mark -> chat(mark, HOST)));
        return cases;
    }

    private static List<Case> sizes() {
        int others = 3;
        return List.of(
                served("a header of 8 KiB", mark -> chat(mark, field(MAX_FIELD_BYTES))),
                refused("a header of 8 KiB and 1 byte", 431, mark -> chat(mark, field(MAX_FIELD_BYTES + 1))),
                served("100 headers", mark -> chat(mark, "a: b\r\n".repeat(100 - others))),
                refused("101 headers", 431, mark -> chat(mark, "a: b\r\n".repeat(101 - others))),
                served("a cookie of 97 pairs", mark -> chat(mark, cookie(100 - others))),
                refused("a cookie of 98 pairs", 431, mark -> chat(mark, cookie(101 - others))),
                refused("98 cookies in two headers", 431, mark -> chat(mark, cookie(50) + cookie(48))),
                refused("9,000 headers", 431, mark -> chat(mark, "a:\r\n".repeat(9_000))),
                served("a head of 32 KiB", _ -> head(MAX_HEAD_BYTES)),
                refused("a head of 32 KiB and 1 byte", 431, _ -> head(MAX_HEAD_BYTES + 1)),
                refused(
                        "a head without an end",
                        431,
                        _ -> Raw.LINE + field(MAX_FIELD_BYTES).repeat(5)));
    }

    private static List<Case> meanings() {
        return List.of(
                served("a media type with a charset", mark -> chat(mark, type("application/json; charset=utf-8"))),
                answered("text", 415, mark -> chat(mark, type("text/plain"))),
                answered("a form", 415, mark -> chat(mark, type("application/x-www-form-urlencoded"))),
                malformed("two media types", mark -> chat(mark, type("application/json") + type("text/plain"))),
                served("the identity encoding", mark -> chat(mark, "content-encoding: identity" + CRLF)),
                answered("gzip", 415, mark -> chat(mark, "content-encoding: gzip" + CRLF)),
                answered("br", 415, mark -> chat(mark, "content-encoding: br" + CRLF)),
                malformed(
                        "two encodings",
                        mark -> chat(mark, "content-encoding: identity\r\ncontent-encoding: gzip" + CRLF)),
                served("an expectation of 100", mark -> chat(mark, "expect: 100-Continue" + CRLF)),
                malformed("another expectation", mark -> chat(mark, "expect: 200-ok" + CRLF)),
                malformed("two expectations", mark -> chat(mark, "expect: 100-continue\r\n".repeat(2))),
                served(
                        "what a connection names is not passed on",
                        mark -> chat(mark, "connection: x-a, te\r\nx-a: b" + CRLF)),
                served(
                        "an upgrade to h2c is left alone",
                        mark -> chat(mark, upgrade("h2c") + "http2-settings: AAM" + CRLF)),
                served("an upgrade to a WebSocket is left alone", mark -> chat(mark, upgrade("websocket"))),
                malformed(
                        "a WebSocket of the old draft",
                        mark -> get(
                                        "/v1/models",
                                        upgrade("websocket") + "sec-websocket-key1: 1\r\nsec-websocket-key2: 2" + CRLF)
                                + "12345678" + chat(mark)),
                answered("a key beside another one", 401, mark -> chat(mark, "x-api-key: other" + CRLF)),
                answered("two authorizations", 401, mark -> chat(mark, AUTH)));
    }

    private static String type(String type) {
        return "content-type: " + type + CRLF;
    }

    private static String upgrade(String protocol) {
        return "connection: upgrade\r\nupgrade: " + protocol + CRLF;
    }

    private static String field(int bytes) {
        return "x: " + "a".repeat(bytes - 3) + CRLF;
    }

    private static String cookie(int pairs) {
        return "cookie: "
                + Stream.generate(() -> "a=b")
                        .limit(pairs)
                        .reduce((a, b) -> a + "; " + b)
                        .orElseThrow() + CRLF;
    }

    /** A head of that many bytes, its empty line included. */
    private static String head(int bytes) {
        String fields = field(MAX_FIELD_BYTES - 2).repeat(3);
        return get(
                "/v1/models", fields + field(bytes - get("/v1/models", fields).length() - 2));
    }
}
