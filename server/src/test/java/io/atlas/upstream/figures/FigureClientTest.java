package io.atlas.upstream.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.kernel.capacity.Reading;
import io.atlas.testing.Warnings;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Servers are asked for their figures all the time, and many have none: that is no news. */
@Timeout(30)
class FigureClientTest {
    private final Vertx vertx = Vertx.vertx();
    private final Warnings warnings = Warnings.of("io.vertx");

    @AfterEach
    void close() throws Exception {
        warnings.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void figuresAreReadBesideTheApi() throws Exception {
        Reading reading = ask(request -> request.response()
                .end("/metrics".equals(request.path()) ? "vllm:num_requests_waiting 3.0\n" : "no figures"));
        assertThat(reading.waiting()).hasValue(3);
    }

    @Test
    void aServerThatHasNoneSaysSoAndNothingIsLogged() {
        assertThatThrownBy(() ->
                        ask(request -> request.response().setStatusCode(404).end("not here")))
                .hasMessageContaining("status 404");
        assertThat(warnings.all()).isEmpty();
    }

    @Test
    void aServerThatDoesNotAnswerOrDoesNotEndIsNotWaitedForAndNothingIsLogged() {
        assertThatThrownBy(() -> ask(_ -> {})).hasMessageContaining("timeout");
        assertThatThrownBy(() ->
                        ask(request -> request.response().setChunked(true).write("vllm:num_requests_waiting 3.0\n")))
                .hasMessageContaining("imeout");
        assertThat(warnings.all()).isEmpty();
    }

    @Test
    void moreThanAnyServerHasToSayIsRefusedAndNothingIsLogged() {
        assertThatThrownBy(() -> ask(request -> request.response().end(Buffer.buffer(new byte[5 << 20]))))
                .hasMessageContaining("more than 4194304 bytes");
        assertThat(warnings.all()).isEmpty();
    }

    private Reading ask(Handler<HttpServerRequest> server) throws Exception {
        int port = vertx.createHttpServer()
                .requestHandler(server)
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
        return new FigureClient(vertx)
                .ask(URI.create("http://127.0.0.1:" + port + "/v1"))
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
    }
}
