package io.atlas.order.redis;

import io.atlas.kernel.order.Answer;
import io.atlas.kernel.order.Word;
import io.atlas.order.Board;
import io.atlas.redis.Line;
import io.atlas.redis.Servers;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.codec.StringCodec;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * The order of each backend as one key, and one script. It has a connection of its own: a word that is late is worth
 * nothing, and must not wait behind anything.
 */
public final class RedisBoard implements Board, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisBoard.class);
    private static final Duration PATIENCE = Duration.ofMillis(500);
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final int MOST_UNANSWERED = 10_000;
    private static final long SERVERS_TIME = 0;
    private static final long LEASED = -1;

    private final JsonMapper json = JsonMapper.builder().build();
    private final String script;
    private final Servers servers;
    private final AtomicBoolean connecting = new AtomicBoolean();
    private final AtomicBoolean away = new AtomicBoolean();
    private final AtomicReference<String> digest = new AtomicReference<>("");
    private volatile CompletableFuture<Line<String, String>> connection =
            CompletableFuture.failedFuture(new RedisException("not connected yet"));

    /** One that connects with the first word; so it starts where the server is away, too. */
    public RedisBoard(String url) {
        this(url, script());
    }

    /** The same with another script. */
    RedisBoard(String url, String script) {
        this.script = script;
        servers = Servers.at(url, new Servers.Patience(CONNECT, Optional.of(CONNECT)), MOST_UNANSWERED);
    }

    @Override
    public CompletionStage<Answer> tell(String backend, int places, Word word) {
        return tell(backend, places, word, SERVERS_TIME);
    }

    /** The same at a time that is given, to be held against the order itself. */
    CompletionStage<Answer> tell(String backend, int places, Word word, long nowMicros) {
        String[] arguments = {json.writeValueAsString(word), Integer.toString(places), Long.toString(nowMicros)};
        return CompletableFuture.completedFuture(backend)
                .thenCompose(_ -> connected())
                .thenCompose(there -> run(there, backend, arguments))
                .thenApply(RedisBoard::answer)
                .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((_, failure) -> standing(failure));
    }

    /** The connection, which the client makes again by itself once it was there. */
    private CompletableFuture<Line<String, String>> connected() {
        if (connection.isCompletedExceptionally() && connecting.compareAndSet(false, true)) {
            connection = CompletableFuture.supplyAsync(
                            () -> servers.connect(StringCodec.UTF8), Thread::startVirtualThread)
                    .whenComplete((_, _) -> connecting.set(false));
        }
        return connection.copy();
    }

    private CompletionStage<List<Long>> run(Line<String, String> there, String backend, String[] arguments) {
        String[] keys = {"atlas:order:{" + backend + "}"};
        var commands = there.commands();
        if (digest.get().isEmpty()) {
            digest.set(commands.digest(script));
        }
        return commands.<List<Long>>evalsha(digest.get(), ScriptOutputType.MULTI, keys, arguments)
                .exceptionallyCompose(failure -> unwrapped(failure) instanceof RedisNoScriptException
                        ? commands.eval(script, ScriptOutputType.MULTI, keys, arguments)
                        : CompletableFuture.failedStage(failure));
    }

    private static Answer answer(List<Long> numbers) {
        List<Integer> rest = numbers.stream().skip(1).map(Long::intValue).toList();
        return rest.equals(List.of((int) LEASED))
                ? new Answer.Leased(numbers.getFirst().intValue())
                : new Answer.Ordered(rest);
    }

    private void standing(Throwable failure) {
        if (failure == null) {
            if (away.getAndSet(false)) {
                LOG.atInfo().log("the order of all nodes is there again");
            }
        } else if (!away.getAndSet(true)) {
            LOG.atWarn()
                    .addKeyValue("reason", unwrapped(failure).toString())
                    .log("the order of all nodes is away: this node calls by its own, for the places that it held");
        }
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** The order, as the server runs it. */
    static String script() {
        try (InputStream in = Objects.requireNonNull(RedisBoard.class.getResourceAsStream("order.lua"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("order.lua", e);
        }
    }

    @Override
    public void close() {
        servers.close();
    }
}
