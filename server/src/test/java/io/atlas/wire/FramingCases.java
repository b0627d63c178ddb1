package io.atlas.wire;

import static io.atlas.wire.Case.malformed;
import static io.atlas.wire.Case.refused;
import static io.atlas.wire.Case.served;
import static io.atlas.wire.Raw.CHUNKED;
import static io.atlas.wire.Raw.CRLF;
import static io.atlas.wire.Raw.body;
import static io.atlas.wire.Raw.chat;
import static io.atlas.wire.Raw.chunk;
import static io.atlas.wire.Raw.chunked;
import static io.atlas.wire.Raw.framed;
import static io.atlas.wire.Raw.get;
import static io.atlas.wire.Raw.sized;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** Where a body ends. */
final class FramingCases {
    private static final String LAST = "0\r\n\r\n";

    private FramingCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        cases.addAll(codings());
        cases.addAll(lengths());
        cases.addAll(chunkSizes());
        cases.addAll(chunks());
        cases.addAll(trailers());
        cases.addAll(bodies());
        return cases;
    }

    private static List<Case> codings() {
        List<Case> cases = new ArrayList<>();
        for (String good : List.of("chunked", "CHUNKED", "ChUnKeD", " chunked ", "\tchunked\t")) {
            cases.add(served("the coding '" + good + "'", mark -> coded(mark, "transfer-encoding:" + good)));
        }
        for (String bad : List.of(
                "chunked, chunked",
                "chunked,",
                ",chunked",
                "gzip, chunked",
                "chunked, gzip",
                "identity",
                "identity, chunked",
                "chunked, identity",
                "gzip",
                "deflate",
                "compress",
                "cow",
                "xchunked",
                "chunkedx",
                "x chunked",
                "chunked x",
                "'chunked'",
                "\"chunked\"",
                "chunked;",
                "chunked;a=b",
                "chunked; q=1",
                "chunk",
                "chun ked",
                "chunked\u000b",
                "\u000bchunked",
                "\u0000chunked",
                "chunked\u0000",
                "\u00a0chunked",
                "chunked\u0085",
                "chunked\u00ff",
                "",
                "chunked\r\n ",
                "\r\n chunked",
                "chunked\r",
                "chunked\n")) {
            cases.add(malformed("the coding '" + bad + "'", mark -> coded(mark, "transfer-encoding: " + bad)));
        }
        for (String field : List.of(
                "transfer-encoding : chunked",
                "transfer-encoding\t: chunked",
                " transfer-encoding: chunked",
                "transfer\u0000encoding: chunked",
                "transfer-encoding\u000b: chunked",
                "transfer_encoding: chunked",
                "x: y\ntransfer-encoding: chunked",
                "x: y\rtransfer-encoding: chunked",
                "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
                "transfer-encoding: chunked\r\ntransfer-encoding: identity",
                "transfer-encoding: identity\r\ntransfer-encoding: chunked",
                "transfer-encoding: chunked\r\ncontent-length: 5",
                "content-length: 5\r\ntransfer-encoding: chunked",
                "transfer-encoding: chunked\r\ncontent-length: 0",
                "content-length: 0\r\ntransfer-encoding: identity")) {
            cases.add(malformed("the framing '" + field + "'", mark -> coded(mark, field)));
        }
        cases.add(malformed(
                "a coding in HTTP/1.0",
                mark -> coded(mark, "transfer-encoding: chunked").replace("HTTP/1.1", "HTTP/1.0")));
        return cases;
    }

    private static List<Case> lengths() {
        List<Case> cases = new ArrayList<>();
        for (String zeros : List.of("0", "000000000", "000000000000000")) {
            cases.add(served("a length with zeros before it: " + zeros, mark -> length(mark, n -> zeros + n)));
        }
        List<IntFunction<String>> wrong = List.of(
                n -> "+" + n,
                n -> "-" + n,
                n -> "0x" + Integer.toHexString(n),
                n -> n + "," + n,
                n -> n + ", " + n,
                n -> n + " " + n,
                n -> n + ";",
                n -> n + ".0",
                n -> n + "e0",
                n -> n + "L",
                n -> "\"" + n + "\"",
                n -> "",
                n -> "0".repeat(17) + n,
                n -> "9".repeat(19),
                n -> "18446744073709551616",
                n -> n + "\u000b",
                n -> n + "\u0000",
                n -> "\u00b2" + n,
                n -> n + "\u00a0",
                n -> "1_0",
                n -> "a",
                n -> ", " + n,
                n -> n + "\r\ncontent-length: " + n,
                n -> n + "\r\ncontent-length: 0",
                n -> "0\r\nContent-Length: " + n,
                n -> n + "\r\n ",
                n -> "\r\n " + n);
        for (IntFunction<String> value : wrong) {
            cases.add(malformed("the length '" + value.apply(42) + "'", mark -> length(mark, value)));
        }
        cases.add(malformed(
                "a blank before the colon of a length", mark -> chat(mark).replace("length:", "length :")));
        return cases;
    }

    private static List<Case> chunkSizes() {
        List<Case> cases = new ArrayList<>();
        List<UnaryOperator<String>> good =
                List.of(size -> size, size -> size.toUpperCase(java.util.Locale.ROOT), size -> "000000" + size);
        for (UnaryOperator<String> size : good) {
            cases.add(served("the chunk size " + size.apply("5f"), mark -> chunkOf(mark, size)));
        }
        List<UnaryOperator<String>> wrong = List.of(
                size -> "0x" + size,
                size -> "+" + size,
                size -> "-" + size,
                size -> size + " ",
                size -> " " + size,
                size -> "\t" + size,
                size -> size + "_",
                size -> "0000000" + size,
                size -> "",
                size -> "g",
                size -> size + "g",
                size -> "ffffffff",
                size -> "80000000",
                size -> "fffffffff",
                size -> "1" + "0".repeat(16),
                size -> size + ".0",
                size -> "\u0000" + size,
                size -> size + "\u0000",
                size -> size + "\r",
                size -> size + "\n",
                size -> ";a",
                size -> size + " ;a=b");
        for (UnaryOperator<String> size : wrong) {
            cases.add(malformed("the chunk size '" + size.apply("5f") + "'", mark -> chunkOf(mark, size)));
        }
        return cases;
    }

    private static List<Case> chunks() {
        List<Case> cases = new ArrayList<>();
        for (String good : List.of(";a", ";a=b", ";a=b;c;d=e", ";" + "a".repeat(255))) {
            cases.add(served("the extension " + good, mark -> chunked(chunk(body(mark), good) + LAST)));
        }
        for (String bad : List.of(
                ";",
                ";;a",
                ";a=",
                ";=b",
                "; a",
                ";a ",
                ";a =b",
                ";a= b",
                ";a=\"b\"",
                ";a=\"b",
                ";a=\"\r\n\"",
                ";a\nb",
                ";a\rb",
                ";a=b\u0000",
                ";\u00ff",
                ";a=b=c",
                ";a,b",
                ";" + "a".repeat(256),
                ";" + "a".repeat(9_000))) {
            cases.add(malformed("the extension '" + bad + "'", mark -> chunked(chunk(body(mark), bad) + LAST)));
        }
        cases.add(malformed(
                "extensions of 257 bytes together",
                mark -> chunked(
                        chunk(body(mark), ";" + "a".repeat(200)) + "1;" + "a".repeat(55) + "\r\n \r\n" + LAST)));
        cases.add(served("a body of many chunks", mark -> chunked(inPieces(body(mark)) + LAST)));
        cases.add(malformed(
                "a chunk that ends in LF", mark -> chunked(chunk(body(mark), "").stripTrailing() + "\n" + LAST)));
        cases.add(malformed(
                "a chunk without an end", mark -> chunked(chunk(body(mark), "").stripTrailing() + LAST)));
        cases.add(malformed("a chunk longer than it says", mark -> chunked("3\r\n" + body(mark) + CRLF + LAST)));
        cases.add(malformed("a size that ends in LF", mark -> chunked("5\n" + body(mark) + CRLF + LAST)));
        cases.add(malformed("no chunks at all", mark -> chunked(body(mark))));
        return cases;
    }

    private static List<Case> trailers() {
        List<Case> cases = new ArrayList<>();
        for (String good : List.of("x: y", "a: b\r\nc: d", "content-type: text/plain", "authorization: Bearer other")) {
            cases.add(served("the trailer '" + good + "'", mark -> trailed(mark, good + CRLF)));
        }
        for (String bad : List.of(
                "x",
                ": y",
                "x : y",
                "x: y\r\n z",
                " x: y",
                "x: \u0000",
                "x: a\nb",
                "x: a\rb",
                "x\u0000: y",
                "x: " + "y".repeat(8 << 10),
                "a: b\r\n".repeat(101) + "c: d",
                "content-length: 1\r\ncontent-length: 1")) {
            cases.add(malformed("the trailer '" + bad + "'", mark -> trailed(mark, bad + CRLF)));
        }
        cases.add(malformed("a last chunk that ends in LF", mark -> chunked(chunk(body(mark), "") + "0\n\n")));
        return cases;
    }

    private static List<Case> bodies() {
        int max = Gate.MAX_BODY_BYTES;
        return List.of(
                served("a body of the limit", mark -> sized("", body(mark, max))),
                refused(
                        "a body that announces 1 byte more",
                        413,
                        mark -> framed("content-length: " + (max + 1) + CRLF, body(mark))),
                refused(
                        "a body that announces a petabyte",
                        413,
                        _ -> framed("content-length: 1" + "0".repeat(15) + CRLF, "x")),
                served("a body in chunks of the limit", mark -> chunked(chunk(body(mark, max), "") + LAST)),
                refused("a body in chunks, 1 byte more", 413, mark -> chunked(chunk(body(mark, max + 1), ""))),
                refused("a chunk that announces 2 GiB", 413, mark -> chunked("7fffffff\r\n" + body(mark, max + 1))),
                Case.answered("no body", 400, framed("", "")),
                Case.answered("an empty body", 400, framed("content-length: 0" + CRLF, "")),
                Case.answered("an empty body in chunks", 400, chunked(LAST)),
                served("an empty length of a GET", _ -> get("/v1/models", "content-length: 0" + CRLF)),
                malformed("a GET with a body", mark -> get("/v1/models", "content-length: 5" + CRLF) + "12345"),
                malformed("a GET with chunks", mark -> get("/v1/models", CHUNKED) + "0\r\n\r\n"),
                malformed(
                        "a HEAD with a body",
                        _ -> get("/v1/models", "content-length: 1" + CRLF).replace("GET", "HEAD")),
                malformed("a health check with a body", _ -> get("/livez", "content-length: 5" + CRLF) + "12345"));
    }

    private static String coded(String mark, String field) {
        return framed(field + CRLF, chunk(body(mark), "") + LAST);
    }

    private static String length(String mark, IntFunction<String> value) {
        String body = body(mark);
        return framed("content-length: " + value.apply(body.length()) + CRLF, body);
    }

    private static String chunkOf(String mark, UnaryOperator<String> size) {
        String body = body(mark);
        return chunked(size.apply(Integer.toHexString(body.length())) + CRLF + body + CRLF + LAST);
    }

    private static String trailed(String mark, String trailers) {
        return chunked(chunk(body(mark), "") + "0\r\n" + trailers + CRLF);
    }

    private static String inPieces(String body) {
        StringBuilder pieces = new StringBuilder();
        body.chars().forEach(c -> pieces.append(chunk(Character.toString(c), "")));
        return pieces.toString();
    }
}
