package io.atlas.terminal;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The admin listener, as the option of a command names it. */
public final class Admin {
    private static final String DEFAULT = "http://127.0.0.1:8081";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final long MAX_BODY_BYTES = 64 << 20;

    @Option(
            names = "--server",
            paramLabel = "URL",
            description = "The admin listener (default: ATLAS_ADMIN_URL, else " + DEFAULT + ").")
    private Optional<String> server = Optional.empty();

    /** The JSON at that path, a part of which may be anything: {@code usage}, or {@code decisions} and an id. */
    public JsonNode get(Surroundings surroundings, String path, Map<String, String> query) throws InterruptedException {
        return ask(surroundings, path, query, HttpRequest.Builder::GET);
    }

    /** The text at that path. */
    public String text(Surroundings surroundings, String path, Map<String, String> query) throws InterruptedException {
        byte[] text =
                answer(surroundings, path, query, HttpRequest.Builder::GET).body();
        return new String(text, StandardCharsets.UTF_8);
    }

    /** What the path says to these fields. */
    public JsonNode post(Surroundings surroundings, String path, Map<String, String> fields)
            throws InterruptedException {
        byte[] body = JsonMapper.shared().writeValueAsBytes(fields);
        return ask(
                surroundings,
                path,
                Map.of(),
                request -> request.header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body)));
    }

    /** What the path says to a body of JSON that comes with these headers. */
    public JsonNode post(
            Surroundings surroundings, String path, Map<String, String> query, Map<String, String> headers, byte[] body)
            throws InterruptedException {
        return ask(surroundings, path, query, request -> {
            headers.forEach(request::header);
            return request.header("Content-Type", "application/json").POST(BodyPublishers.ofByteArray(body));
        });
    }

    /** What is left of what the path stood for. */
    public JsonNode delete(Surroundings surroundings, String path) throws InterruptedException {
        return ask(surroundings, path, Map.of(), HttpRequest.Builder::DELETE);
    }

    private JsonNode ask(
            Surroundings surroundings,
            String path,
            Map<String, String> query,
            UnaryOperator<HttpRequest.Builder> method)
            throws InterruptedException {
        HttpResponse<byte[]> answer = answer(surroundings, path, query, method);
        return json(answer)
                .orElseThrow(() -> new Failure(
                        ExitCode.FAILED, answer.uri() + ": not JSON (expected: the admin listener of Atlas)"));
    }

    private HttpResponse<byte[]> answer(
            Surroundings surroundings,
            String path,
            Map<String, String> query,
            UnaryOperator<HttpRequest.Builder> method)
            throws InterruptedException {
        Optional<String> token =
                surroundings.environment().variable("ATLAS_ADMIN_TOKEN").filter(value -> !value.isBlank());
        URI base = base(surroundings);
        HttpRequest.Builder request = method.apply(HttpRequest.newBuilder(resolve(base, path, query))
                .timeout(TIMEOUT)
                .header("Accept", "application/json, text/csv"));
        token.ifPresent(value -> request.header("Authorization", bearer(value)));
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT_TIMEOUT)
                .build()) {
            return good(
                    client.send(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY_BYTES)),
                    token);
        } catch (IOException e) {
            // Java's client does not say why it could not connect.
            String why = e instanceof ConnectException
                    ? "connection refused"
                    : Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName());
            throw new Failure(
                    ExitCode.UNAVAILABLE,
                    base + ": cannot be reached (" + why
                            + "): is Atlas running there? Choose by --server or ATLAS_ADMIN_URL",
                    e);
        }
    }

    /** The part as it may stand in a path. */
    public static String part(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private URI base(Surroundings surroundings) {
        String text = server.or(() ->
                        surroundings.environment().variable("ATLAS_ADMIN_URL").filter(url -> !url.isBlank()))
                .orElse(DEFAULT);
        try {
            URI uri = URI.create(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            if (http && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.USAGE, "server: not a URL (expected: such as " + DEFAULT + ")", e);
        }
        throw new Failure(ExitCode.USAGE, "server: not the URL of a listener (expected: such as " + DEFAULT + ")");
    }

    private static URI resolve(URI base, String path, Map<String, String> query) {
        String start = base.toString().replaceFirst("/+$", "") + "/admin/v1/" + path;
        String parameters = query.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + part(entry.getValue()))
                .collect(Collectors.joining("&"));
        return URI.create(parameters.isEmpty() ? start : start + "?" + parameters);
    }

    private static String bearer(String token) {
        if (token.chars().allMatch(c -> c > ' ' && c < 127)) {
            return "Bearer " + token;
        }
        throw new Failure(ExitCode.USAGE, "ATLAS_ADMIN_TOKEN: not a token (expected: visible ASCII characters)");
    }

    private static HttpResponse<byte[]> good(HttpResponse<byte[]> response, Optional<String> token) {
        int status = response.statusCode();
        if (status == 200 || status == 201) {
            return response;
        }
        String said = json(response).flatMap(Admin::message).orElse("status " + status);
        throw switch (status) {
            case 400 -> new Failure(ExitCode.USAGE, said);
            case 409, 422 -> new Failure(ExitCode.INVALID, said);
            case 401, 403 ->
                new Failure(
                        ExitCode.NOT_PERMITTED,
                        token.isEmpty()
                                ? "not permitted: set ATLAS_ADMIN_TOKEN to the token of server.admin"
                                : "not permitted: the token in ATLAS_ADMIN_TOKEN is not accepted");
            case 404 -> new Failure(ExitCode.FAILED, "not found: " + said);
            case 429, 503 ->
                new Failure(
                        ExitCode.REFUSED_FOR_NOW,
                        "refused for now: " + said
                                + response.headers()
                                        .firstValue("Retry-After")
                                        .map(seconds -> "; try again in " + seconds + " s")
                                        .orElse(""));
            case 502, 504 -> new Failure(ExitCode.UNAVAILABLE, "unavailable: " + said);
            default -> new Failure(ExitCode.FAILED, "the server failed: " + said);
        };
    }

    private static Optional<JsonNode> json(HttpResponse<byte[]> response) {
        try {
            JsonNode node = JsonMapper.shared().readTree(response.body());
            return Optional.of(node).filter(JsonNode::isObject);
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    private static Optional<String> message(JsonNode body) {
        return Stream.of(body.path("detail"), body.path("error").path("message"))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue)
                .findFirst();
    }
}
