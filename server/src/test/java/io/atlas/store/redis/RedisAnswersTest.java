package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import io.atlas.kernel.receipt.Served;
import io.atlas.replay.AnswerStore.Claim;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.RequestName;
import io.atlas.store.share.Breaker;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RedisAnswersTest {
    private static final TimeSource TIME = TimeSource.system();
    private static final RequestName.Keyed NAME = new RequestName.Keyed("a".repeat(64));
    private static final String BODY = "b".repeat(64);

    private final RealRedis redis = RealRedis.start();
    private final FaultProxy way = FaultProxy.to(new InetSocketAddress(InetAddress.getLoopbackAddress(), redis.port()));
    private final Breaker breaker = new Breaker(TIME::nanos);
    private final Link link = Link.open("redis://127.0.0.1:" + way.port(), Scripts.bundled());

    RedisAnswersTest() {
        breaker.close();
    }

    @AfterEach
    void stop() {
        link.close();
        way.close();
        redis.close();
    }

    @Test
    void aServerThatAnswersLateGivesANameToOneNodeAllTheSame() throws Exception {
        way.delay(Duration.ofMillis(60));

        List<CompletionStage<Claim>> claims =
                Stream.generate(this::claim).limit(2).toList();

        assertThat(Redis.await(claims.getFirst())).isEqualTo(new Claim.Granted());
        assertThat(Redis.await(claims.getLast())).isEqualTo(new Claim.Elsewhere());
    }

    @Test
    void whileItIsAwayANameIsOneNodesOwn() throws Exception {
        way.freeze();
        CompletionStage<Claim> claim = claim();
        breaker.trip();

        assertThat(Redis.await(claim)).isEqualTo(new Claim.Granted());
        assertThat(Redis.await(claim())).isEqualTo(new Claim.Granted());
    }

    @Test
    void whatItIsNotHeardToHaveKeptTheNodeKeepsItself() throws Exception {
        RedisAnswers answers = new RedisAnswers(link, breaker);
        assertThat(Redis.await(answers.claim(NAME, BODY, TIME.epochMicros()))).isEqualTo(new Claim.Granted());
        way.freeze();
        KeptAnswer answer = new KeptAnswer(
                "req_1",
                new Served("model", "backend"),
                Optional.empty(),
                KeptAnswer.Form.WHOLE,
                "application/json",
                Buffer.buffer("{}"));
        answers.keep(NAME, BODY, answer, TIME.epochMicros());
        breaker.trip();

        Await.until(
                "its answer is given again",
                () -> Redis.await(answers.claim(NAME, BODY, TIME.epochMicros())) instanceof Claim.Answered);
    }

    /** Of a node of its own. */
    private CompletionStage<Claim> claim() {
        return new RedisAnswers(link, breaker).claim(NAME, BODY, TIME.epochMicros());
    }
}
