package io.atlas.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.model.Backend;
import io.atlas.model.Health;
import io.atlas.testing.Warnings;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes of a call is told to who made it: the log says nothing of callers who leave and backends that break off. */
@Timeout(30)
class BackendCallTest {
    private final Vertx vertx = Vertx.vertx();
    private final Warnings warnings = Warnings.of("io.vertx");

    @AfterEach
    void close() throws Exception {
        warnings.close();
        soon(vertx.close());
    }

    @Test
    void aCallThatIsGivenUpBeforeItsAnswerFailsAndIsNoNews() throws Exception {
        BackendCall call = call(_ -> {});
        Future<HttpClientResponse> head = call.send(Buffer.buffer("{}"));
        soon(call.written().onSuccess(_ -> call.cancel()));
        assertThatThrownBy(() -> soon(head)).hasMessageContaining("reset");
        assertNothingIsLogged();
    }

    @Test
    void aCallThatIsGivenUpWithinItsAnswerIsNoNews() throws Exception {
        BackendCall call = call(request -> request.response().setChunked(true).write("data: 1\n\n"));
        Future<Void> end = call.send(Buffer.buffer("{}"))
                .compose(head -> head.handler(_ -> call.cancel()).end());
        assertThatThrownBy(() -> soon(end)).isNotNull();
        assertNothingIsLogged();
    }

    @Test
    void aBackendThatBreaksOffBeforeItsAnswerFailsTheCallAndIsNoNews() throws Exception {
        BackendCall call = call(request -> request.connection().close());
        assertThatThrownBy(() -> soon(call.send(Buffer.buffer("{}")))).hasMessageContaining("closed");
        assertNothingIsLogged();
    }

    @Test
    void aCallThatIsGivenUpBeforeItIsSentIsNoNews() throws Exception {
        soon(client(_ -> {}).connect("/v1/chat/completions", 2, "r1").onSuccess(BackendCall::cancel));
        assertNothingIsLogged();
    }

    @Test
    void anAnswerWithMoreHeadersThanAnybodyReadsFailsTheCallAndIsNoNews() throws Exception {
        BackendCall call = call(request -> {
            for (int i = 0; i < 200; i++) {
                request.response().putHeader("x-" + i, "more");
            }
            request.response().setChunked(true).write("data: 1\n\n");
        });
        assertThatThrownBy(() -> soon(call.send(Buffer.buffer("{}")))).hasMessageContaining("headers: more");
        assertNothingIsLogged();
    }

    private void assertNothingIsLogged() throws Exception {
        soon(vertx.close());
        assertThat(warnings.all()).isEmpty();
    }

    private BackendCall call(Handler<HttpServerRequest> server) throws Exception {
        return soon(client(server).connect("/v1/chat/completions", 2, "r1"));
    }

    private BackendClient client(Handler<HttpServerRequest> server) throws Exception {
        int port = soon(vertx.createHttpServer().requestHandler(server).listen(0, "127.0.0.1"))
                .actualPort();
        URI url = URI.create("http://127.0.0.1:" + port);
        Backend backend = new Backend(
                "gpu",
                Backend.Type.OPENAI,
                Optional.of(url),
                Optional.empty(),
                1,
                1,
                Duration.ofSeconds(1),
                Optional.empty(),
                Health.DEFAULT);
        return new BackendClient(vertx, backend, url);
    }

    private static <T> T soon(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
