package io.atlas.wire;

import static io.atlas.wire.Case.answered;
import static io.atlas.wire.Case.malformed;
import static io.atlas.wire.Case.refused;
import static io.atlas.wire.Case.served;
import static io.atlas.wire.Raw.AUTH;
import static io.atlas.wire.Raw.CRLF;
import static io.atlas.wire.Raw.HOST;
import static io.atlas.wire.Raw.chat;
import static io.atlas.wire.Raw.get;

import java.util.ArrayList;
import java.util.List;

/** What the first line of a request may say. */
final class LineCases {
    private static final String MODELS = "/v1/models";
    private static final int MAX_LINE_BYTES = 8 << 10;

    private LineCases() {}

    static List<Case> all() {
        List<Case> cases = new ArrayList<>();
        cases.addAll(lines());
        cases.addAll(methods());
        cases.addAll(goodTargets());
        cases.addAll(badTargets());
        cases.addAll(lengths());
        return cases;
    }

    private static List<Case> lines() {
        List<Case> cases = new ArrayList<>();
        for (String line : List.of(
                "GET  /v1/models HTTP/1.1",
                "GET /v1/models  HTTP/1.1",
                "GET\t/v1/models HTTP/1.1",
                "GET /v1/models\tHTTP/1.1",
                "GET /v1/models HTTP/1.1 ",
                " GET /v1/models HTTP/1.1",
                "GET /v1/models",
                "GET /v1/models ",
                "GET",
                "",
                "GET /v1/models HTTP/0.9",
                "GET /v1/models HTTP/1.2",
                "GET /v1/models HTTP/2.0",
                "GET /v1/models HTTP/3",
                "GET /v1/models http/1.1",
                "GET /v1/models HTTP/1.10",
                "GET /v1/models HTTP/01.1",
                "GET /v1/models HTTP/1,1",
                "GET /v1/models HTTPS/1.1",
                "GET /v1/models HTTP/1.1x",
                "GET /v1/models HTTP/ 1.1",
                "GET /v1/models HTTP/+1.1",
                "GET\u000b/v1/models HTTP/1.1",
                "GET\r/v1/models HTTP/1.1",
                "GET /v1/models\u0000 HTTP/1.1",
                "GET /v1/mo\u0000dels HTTP/1.1",
                "GET /v1/models x HTTP/1.1",
                "\u0000GET /v1/models HTTP/1.1",
                "\u0016\u0003\u0001\u0002\u0000",
                "PRI * HTTP/2.0")) {
            cases.add(malformed("the line '" + line + "'", _ -> line + CRLF + HOST + AUTH + CRLF));
        }
        cases.add(malformed("a line that ends in LF", _ -> get(MODELS).replaceFirst("\r", "")));
        cases.add(served("one empty line before a request", mark -> CRLF + chat(mark)));
        cases.add(malformed("two empty lines before a request", mark -> CRLF + CRLF + chat(mark)));
        cases.add(malformed("an empty line of LF before a request", mark -> "\n" + chat(mark)));
        cases.add(new Case("HTTP/1.0", mark -> chat(mark).replace("/1.1", "/1.0"), 200, Case.After.CLOSED));
        cases.add(new Case(
                "HTTP/1.0 that would stay",
                mark -> chat(mark, "connection: keep-alive" + CRLF).replace("/1.1", "/1.0"),
                200,
                Case.After.CLOSED));
        cases.add(new Case(
                "HTTP/1.0 without a host",
                mark -> chat(mark).replace("/1.1", "/1.0").replace(HOST, ""),
                200,
                Case.After.CLOSED));
        cases.add(
                new Case("the wish to close", mark -> chat(mark, "connection: close" + CRLF), 200, Case.After.CLOSED));
        return cases;
    }

    private static List<Case> methods() {
        List<Case> cases = new ArrayList<>();
        for (String method :
                List.of("PUT", "DELETE", "PATCH", "OPTIONS", "get", "post", "Get", "FOO", "PROPFIND", "M-SEARCH")) {
            cases.add(answered("the method " + method, 405, get(MODELS).replaceFirst("GET", method)));
        }
        for (String method : List.of("CONNECT", "TRACE")) {
            cases.add(
                    refused("the method " + method, 405, mark -> get(MODELS).replaceFirst("GET", method) + chat(mark)));
        }
        cases.add(refused(
                "CONNECT of another host", 405, mark -> get("example.org:443").replace("GET", "CONNECT") + chat(mark)));
        for (String method :
                List.of("G(T", "G\u0000T", "G\u0080T", "\"GET\"", "GET,POST", "GET/", "{}", "G@T", "G\u007fT", "[x]")) {
            cases.add(malformed("the method '" + method + "'", _ -> get(MODELS).replaceFirst("GET", method)));
        }
        cases.add(answered("GET of the way to a model", 405, get("/v1/chat/completions")));
        cases.add(answered("OPTIONS of everything", 404, get("*").replaceFirst("GET", "OPTIONS")));
        cases.add(malformed("GET of everything", _ -> get("*")));
        cases.add(answered("POST to nothing", 404, mark -> chat(mark).replace("/chat/", "/pooling/")));
        return cases;
    }

    private static List<Case> goodTargets() {
        List<Case> cases = new ArrayList<>();
        for (String target : List.of(
                MODELS,
                MODELS + "?a=b",
                MODELS + "?",
                MODELS + "?a=%41&b=[c]{d}|^`\"",
                "/v1/models/m",
                "/v1/models/%6d",
                "http://atlas/v1/models",
                "http://ATLAS/v1/models?a=b",
                "/livez",
                "/v1/quota?model=other")) {
            cases.add(served("the target " + target, _ -> get(target)));
        }
        for (String target : List.of(
                "/",
                "/v1",
                "/v1/models/",
                "/v1/models/a%2Fb",
                "/v1/models/a%252fb",
                "/V1/models",
                "/v1/models.",
                "/v1/Models",
                "/v1/pooling",
                "/v1/load_lora_adapter",
                "/tokenize",
                "/invocations",
                "/metrics",
                "/admin/v1/usage",
                "/v2/repository/index",
                "/v1/%6dodels",
                "/v1/models;a=b",
                "/v1/models/%c0%af",
                "http://atlas/admin/v1/usage",
                "/...",
                "/v1/models/..a")) {
            cases.add(answered("the target " + target, 404, get(target)));
        }
        return cases;
    }

    private static List<Case> badTargets() {
        List<Case> cases = new ArrayList<>();
        for (String target : List.of(
                "//v1/models",
                "/v1//models",
                "/v1/models//m",
                "/./v1/models",
                "/v1/../v1/models",
                "/..",
                "/v1/models/..",
                "/v1/models/.",
                "/v1/%2e%2e/admin",
                "/v1/%2E./admin",
                "/v1/.%2e/admin",
                "/v1/%2e/models",
                "/..;/admin",
                "/v1/..;a=b/admin",
                "/v1/.;/models",
                "/v1%2fmodels",
                "/v1%2Fmodels",
                "/%2fv1/models",
                "/v1/models%5cm",
                "/v1/models/..%2f..%2fadmin",
                "/v1/models/%2fm",
                "/v1/models/a%2f%2e%2e%2fb",
                "/v1/models%00",
                "/v1/models%0d%0a",
                "/v1/models%0a",
                "/v1/models%7f",
                "/v1/models%1f",
                "/v1/models%",
                "/v1/models%4",
                "/v1/models%zz",
                "/v1/models%u0041",
                "/v1\\models",
                "\\v1\\models",
                "/v1/models#a",
                "/v1/models?a#b",
                "/v1/mo^dels",
                "/v1/mo\"dels",
                "/v1/mo<dels",
                "/v1/mo{dels",
                "/v1/mo|dels",
                "/v1/mo`dels",
                "/v1/mo\u00e9dels",
                "/v1/mo\u0080dels",
                "/v1/models?a=%",
                "/v1/models?a=%00",
                "/v1/models?a=%0a",
                "/v1/models?\u00e9",
                "v1/models",
                "http:/v1/models",
                "http://other/v1/models",
                "http://atlas:80/v1/models",
                "http://user@atlas/v1/models",
                "https://atlas/v1/models",
                "http:///v1/models",
                "HTTP://atlas/v1/models",
                "ftp://atlas/v1/models",
                "http://atlas",
                "http://atlas//v1/models",
                "http://atlas/../v1/models",
                "?a=b",
                "atlas:80",
                "**",
                "")) {
            cases.add(malformed("the target '" + target + "'", _ -> get(target)));
        }
        return cases;
    }

    private static List<Case> lengths() {
        int rest = "GET  HTTP/1.1".length();
        String longest = MODELS + "?" + "a".repeat(MAX_LINE_BYTES - rest - MODELS.length() - 1);
        return List.of(
                served("a line of 8 KiB", _ -> get(longest)),
                refused("a line of 8 KiB and 1 byte", 414, get(longest + "a")),
                refused("a line without an end", 414, "GET /" + "a".repeat(MAX_LINE_BYTES)),
                refused("a method without an end", 414, "A".repeat(MAX_LINE_BYTES + 2)));
    }
}
