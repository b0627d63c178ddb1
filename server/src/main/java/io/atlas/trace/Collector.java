package io.atlas.trace;

import io.atlas.config.TelemetrySettings.TraceSettings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Who takes the traces: by OTLP over HTTP, an {@code ExportTraceServiceRequest} at a time, whose one resource is this node.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/otlp/#otlphttp">OTLP, section OTLP/HTTP</a>
 */
final class Collector implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final int RESOURCE_SPANS = 1;
    private static final int SCOPE_SPANS = 2;
    private static final int FIRST_BYTES = 256;

    private final TraceSettings settings;
    private final URI address;
    private final byte[] resource;
    private final byte[] scope;
    private final HttpClient client = HttpClient.newBuilder()
            .version(Version.HTTP_1_1)
            .followRedirects(Redirect.NEVER)
            .connectTimeout(PATIENCE)
            .build();

    /** The one of these settings, as the node of that name knows it. */
    Collector(TraceSettings settings, String node) {
        this.settings = settings;
        this.address = URI.create(settings.endpoint() + "/v1/traces");
        this.resource = resource(node);
        this.scope = scope();
    }

    private static byte[] resource(String node) {
        Protobuf resource = new Protobuf(FIRST_BYTES);
        int begun = resource.begin(1);
        attribute(resource, "service.name", "atlas");
        attribute(resource, "service.instance.id", node);
        resource.end(begun);
        return resource.copy();
    }

    private static void attribute(Protobuf resource, String key, String value) {
        int begun = resource.begin(1);
        resource.put(1, key);
        int any = resource.begin(2);
        resource.put(1, value);
        resource.end(any);
        resource.end(begun);
    }

    private static byte[] scope() {
        Protobuf scope = new Protobuf(FIRST_BYTES);
        int begun = scope.begin(1);
        scope.put(1, "io.atlas");
        scope.end(begun);
        return scope.copy();
    }

    /** Sends it these spans, and waits for what it says; that is why it did not take them. */
    Optional<String> take(Protobuf spans) {
        CompletableFuture<HttpResponse<Void>> answer = client.sendAsync(request(spans), BodyHandlers.discarding());
        try {
            int status = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            return status / 100 == 2 ? Optional.empty() : Optional.of("the collector answers " + status);
        } catch (TimeoutException _) {
            answer.cancel(true);
            return Optional.of("the collector does not answer");
        } catch (ExecutionException e) {
            return Optional.of(String.valueOf(e.getCause()));
        } catch (InterruptedException _) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return Optional.of("this gateway is being stopped");
        }
    }

    private HttpRequest request(Protobuf spans) {
        int ofScope = scope.length + spans.length();
        Protobuf head = new Protobuf(FIRST_BYTES);
        head.counted(RESOURCE_SPANS, resource.length + 1 + Protobuf.size(ofScope) + ofScope);
        head.written(resource);
        head.counted(SCOPE_SPANS, ofScope);
        head.written(scope);
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .header("content-type", "application/x-protobuf")
                .header("user-agent", "Atlas")
                .POST(BodyPublishers.concat(BodyPublishers.ofByteArray(head.copy()), new WholeBody(spans.all())));
        settings.headers().forEach((name, value) -> request.header(name, value.reveal()));
        return request.build();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
