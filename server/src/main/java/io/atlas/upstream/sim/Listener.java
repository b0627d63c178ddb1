package io.atlas.upstream.sim;

import io.atlas.config.Endpoint;
import io.atlas.model.Simulation;
import io.atlas.time.TimeSource;
import io.atlas.tokenizer.TokenCounter;
import io.atlas.upstream.sim.Author.Plan;
import io.atlas.upstream.sim.Author.Work;
import io.atlas.upstream.sim.Body.Parsed;
import io.atlas.upstream.sim.Visit.Stage;
import io.atlas.upstream.vllm.EngineMetrics;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Objects;
import java.util.function.Function;

/** The server's one event loop: routes, bodies, visits. Only the planning of long requests happens elsewhere. */
final class Listener extends VerticleBase {
    private static final int ACCEPT_BACKLOG = 4_096;
    private static final int MAX_BODY_BYTES = 10 << 20;
    /** To plan the answer to a body up to this size takes less than a millisecond, as a rule. */
    private static final int SMALL_BODY_BYTES = 4_096;

    private static final String MODELS =
            "{\"object\":\"list\",\"data\":[{\"id\":\"sim\",\"object\":\"model\",\"created\":0,\"owned_by\":\"atlas\"}]}";
    private static final String MODEL = "sim";
    private static final String HEALTH = "{\"status\":\"ok\"}";

    private final Simulation simulation;
    private final Endpoint listen;
    private final TimeSource time;
    private final Author author;
    private volatile int port;

    Listener(Simulation simulation, Endpoint listen, TimeSource time) {
        this.simulation = simulation;
        this.listen = listen;
        this.time = time;
        this.author = new Author(simulation, new TokenCounter(time));
    }

    /** The port it listens on, once it is deployed. */
    int port() {
        return port;
    }

    @Override
    public Future<?> start() {
        var options = new HttpServerOptions().setHttp2ClearTextEnabled(false).setAcceptBacklog(ACCEPT_BACKLOG);
        var slots = new Slots(simulation.slots(), simulation.queue());
        var metrics = new EngineMetrics(MODEL, simulation.slots());
        var stage = new Stage(vertx, time, simulation, slots, metrics);
        return vertx.executeBlocking(author::warm)
                .compose(_ -> vertx.createHttpServer(options)
                        .requestHandler(request -> route(request, stage))
                        .listen(listen.port(), listen.host()))
                .onSuccess(server -> port = server.actualPort());
    }

    private void route(HttpServerRequest request, Stage stage) {
        switch (Objects.requireNonNullElse(request.path(), "")) {
            case "/v1/chat/completions" ->
                only(HttpMethod.POST, request, () -> model(request, ChatReader::read, stage));
            case "/v1/completions" ->
                only(HttpMethod.POST, request, () -> model(request, CompletionReader::read, stage));
            case "/v1/embeddings" -> only(HttpMethod.POST, request, () -> model(request, Embeddings::read, stage));
            case "/v1/models" -> only(HttpMethod.GET, request, () -> json(request.response(), MODELS));
            case "/health" -> only(HttpMethod.GET, request, () -> json(request.response(), HEALTH));
            case "/metrics" -> only(HttpMethod.GET, request, () -> metrics(request, stage));
            default -> Fault.NO_ROUTE.send(request.response());
        }
    }

    private static void only(HttpMethod method, HttpServerRequest request, Runnable route) {
        if (!request.method().equals(method)) {
            Fault.NO_METHOD.send(request.response());
            return;
        }
        route.run();
    }

    private static void json(HttpServerResponse response, String body) {
        response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body);
    }

    private static void metrics(HttpServerRequest request, Stage stage) {
        String accept = Objects.requireNonNullElse(request.getHeader(HttpHeaders.ACCEPT), "");
        EngineMetrics.Exposition told = stage.metrics().exposition(accept);
        request.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, told.contentType())
                .end(told.body());
    }

    /** Gathers the body; of one that is too large no more is kept. */
    private static void body(HttpServerRequest request, Handler<Buffer> whole) {
        Buffer body = Buffer.buffer();
        request.endHandler(_ -> whole.handle(body));
        request.handler(chunk -> {
            if (body.length() + chunk.length() <= MAX_BODY_BYTES) {
                body.appendBuffer(chunk);
                return;
            }
            request.handler(_ -> {}).endHandler(_ -> {});
            Fault.TOO_LARGE.send(request.response());
        });
    }

    private void model(HttpServerRequest request, Function<byte[], Parsed> reader, Stage stage) {
        body(request, body -> plan(request.response(), body.getBytes(), reader, stage));
    }

    private void plan(HttpServerResponse response, byte[] bytes, Function<byte[], Parsed> reader, Stage stage) {
        if (bytes.length <= SMALL_BODY_BYTES) {
            act(response, author.plan(reader.apply(bytes), bytes), stage);
            return;
        }
        vertx.executeBlocking(() -> author.plan(reader.apply(bytes), bytes), false)
                .onSuccess(plan -> act(response, Objects.requireNonNull(plan), stage))
                .onFailure(defect -> Fault.defect(defect).send(response));
    }

    /** A client may have left while another thread planned. */
    private static void act(HttpServerResponse response, Plan plan, Stage stage) {
        if (response.closed()) {
            return;
        }
        switch (plan) {
            case Fault fault -> fault.send(response);
            case Work work -> new Visit(stage, work, response).begin();
        }
    }
}
