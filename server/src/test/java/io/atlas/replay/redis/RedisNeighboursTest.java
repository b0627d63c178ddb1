package io.atlas.replay.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.dialect.neutral.Fault;
import io.atlas.endings.Await;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.tenant.Caller;
import io.atlas.replay.KeptAnswer;
import io.atlas.replay.KeptAnswer.Form;
import io.atlas.replay.MemoryAnswers;
import io.atlas.replay.Neighbours.Finding;
import io.atlas.replay.Recording;
import io.atlas.replay.Recording.End;
import io.atlas.replay.Recording.Head;
import io.atlas.replay.Replays;
import io.atlas.replay.RequestName;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RedisNeighboursTest {
    private static final TimeSource TIME = TimeSource.system();
    private static final Served SERVED = new Served("small", "gpu-a");
    private static final Head HEAD = new Head("req_1", SERVED, Optional.of("16"));
    private static final Runnable SOMEBODY = RedisNeighboursTest::listen;

    private final RealRedis redis = RealRedis.start();
    private final Replays one = node("one");
    private final Replays two = node("two");
    private final Replays three = node("three");
    private final RequestName.Printed name = new RequestName.Printed(
            new Caller("acme", Optional.of("search"), Optional.empty(), "app", "pro", Optional.of("somebody")),
            "/v1/chat/completions",
            100,
            42);

    @AfterEach
    void stop() {
        one.neighbours().close();
        two.neighbours().close();
        three.neighbours().close();
        redis.close();
    }

    @Test
    void allNodesKnowABodyByTheSameNumber() {
        ByteBuffer body = ByteBuffer.wrap("the same body".getBytes(StandardCharsets.UTF_8));

        assertThat(two.prints().of(body)).isEqualTo(one.prints().of(body));
        assertThat(three.prints().of(body)).isEqualTo(one.prints().of(body));
    }

    @Test
    void whatNobodyKnowsIsUnknown() throws Exception {
        assertThat(find(two, retry(two))).isEqualTo(Finding.UNKNOWN);
    }

    @Test
    void whatWasGivenAMomentAgoIsGivenAgain() throws Exception {
        one.recordings().askedAnew(name, TIME.epochMicros());
        one.recordings().keep(name, whole("all of it"), TIME.epochMicros());
        Recording retry = retry(three);

        assertThat(find(three, retry)).isEqualTo(Finding.FOUND);

        assertThat(ended(retry)).isEqualTo(new End.Answered(whole("all of it")));
        assertThat(three.recordings().recent(name, TIME.epochMicros())).contains(whole("all of it"));
    }

    @Test
    void aStreamIsHeardAsItComes() throws Exception {
        Recording first = first(one);
        first.begin(HEAD);
        first.write(Buffer.buffer("data: 1\n\n"));
        Recording retry = retry(two);
        assertThat(find(two, retry)).isEqualTo(Finding.FOUND);
        assertThat(retry.head()).contains(HEAD);
        assertThat(retry.from(0).news()).hasToString("data: 1\n\n");

        first.write(Buffer.buffer("data: 2\n\n"));
        Await.until("the second event", () -> retry.from(0).news().length() == 18);
        one.recordings().end(first, new End.Answered(stream("data: 1\n\ndata: 2\n\ndata: [DONE]\n\n")));

        Await.until("its end", retry::ended);
        assertThat(ended(retry)).isEqualTo(new End.Answered(stream("data: 1\n\ndata: 2\n\ndata: [DONE]\n\n")));
    }

    @Test
    void aFailureIsThatOfAllWhoHaveJoined() throws Exception {
        Recording first = first(one);
        Recording retry = retry(two);
        CompletableFuture<Finding> finding = two.neighbours().find(retry).toCompletableFuture();
        End failure = new End.Unserved(Fault.of(Reason.BACKEND_ERROR, "broken"), OptionalLong.of(7));
        Await.until("it is followed", () -> !first.deserted());
        one.recordings().end(first, failure);

        assertThat(finding.get(10, TimeUnit.SECONDS)).isEqualTo(Finding.FOUND);
        assertThat(ended(retry)).isEqualTo(failure);
    }

    @Test
    void whoLeavesIsNotWaitedFor() throws Exception {
        Recording first = first(one);
        first.begin(HEAD);
        first.write(Buffer.buffer("data: 1\n\n"));
        Recording retry = retry(two);
        retry.join(SOMEBODY);
        assertThat(find(two, retry)).isEqualTo(Finding.FOUND);
        assertThat(first.deserted()).isFalse();

        retry.leave(SOMEBODY);

        Await.until("nobody is there", first::deserted);
        assertThat(retry.ended()).isTrue();
    }

    @Test
    void aFirstTryOnEachOfTwoNodesIsTwoQuestions() throws Exception {
        one.recordings().askedAnew(name, TIME.epochMicros());
        one.recordings().keep(name, whole("of the first"), TIME.epochMicros());
        two.recordings().askedAnew(name, TIME.epochMicros());

        assertThat(find(two, retry(two))).isEqualTo(Finding.UNKNOWN);
        assertThat(find(three, retry(three))).isEqualTo(Finding.UNKNOWN);
    }

    @Test
    void ofTwoRetriesAtOnceOneIsServedAndTheOtherFollowsIt() throws Exception {
        oneOf(Asked.at(two, retry(two)), Asked.at(three, retry(three)));
    }

    @Test
    void aRetryFollowsWhoWasSeenToBeginAMomentAgo() throws Exception {
        Recording begun = retry(one);
        assertThat(find(one, begun)).isEqualTo(Finding.UNKNOWN);
        Recording later = retry(two);
        CompletableFuture<Finding> found = two.neighbours().find(later).toCompletableFuture();
        answer(one, begun);

        assertThat(found.get(10, TimeUnit.SECONDS)).isEqualTo(Finding.FOUND);
        assertThat(ended(later)).isEqualTo(new End.Answered(whole("all of it")));
    }

    @Test
    void whereTheOneThatServesIsGoneOneOfThoseWhoFollowTakesItsPlace() throws Exception {
        assertThat(find(one, retry(one))).isEqualTo(Finding.UNKNOWN);
        one.neighbours().close();

        oneOf(Asked.at(two, retry(two)), Asked.at(three, retry(three)));
    }

    @Test
    void whereTheOneThatServesIsGoneMeanwhileOneOfThoseWhoFollowTakesItsPlace() throws Exception {
        Recording begun = retry(one);
        assertThat(find(one, begun)).isEqualTo(Finding.UNKNOWN);
        Recording here = retry(two);
        Recording there = retry(three);
        here.join(SOMEBODY);
        there.join(SOMEBODY);
        Asked follows = Asked.at(two, here);
        Await.until("it is followed", () -> !begun.deserted());

        one.neighbours().close();

        oneOf(follows, Asked.at(three, there));
    }

    private record Asked(Replays node, Recording recording, CompletableFuture<Finding> found) {
        static Asked at(Replays node, Recording recording) {
            return new Asked(node, recording, node.neighbours().find(recording).toCompletableFuture());
        }
    }

    /** One serves it, and the other hears of him what he gives. */
    private void oneOf(Asked one, Asked other) throws Exception {
        assertThat(CompletableFuture.anyOf(one.found, other.found).get(10, TimeUnit.SECONDS))
                .isEqualTo(Finding.UNKNOWN);
        Asked serves = one.found.isDone() ? one : other;
        Asked follows = one.found.isDone() ? other : one;
        answer(serves.node, serves.recording);

        assertThat(follows.found.get(10, TimeUnit.SECONDS)).isEqualTo(Finding.FOUND);
        assertThat(ended(follows.recording)).isEqualTo(new End.Answered(whole("all of it")));
    }

    @Test
    void whoIsNotHeardAnyMoreBeforeHeHasSaidAnythingIsUnknown() throws Exception {
        Recording first = first(one);
        Recording retry = retry(two);
        retry.join(SOMEBODY);
        CompletableFuture<Finding> finding = two.neighbours().find(retry).toCompletableFuture();
        Await.until("it is followed", () -> !first.deserted());

        redis.freeze();

        assertThat(finding.get(10, TimeUnit.SECONDS)).isEqualTo(Finding.UNKNOWN);
        assertThat(retry.ended()).isFalse();
    }

    @Test
    void whoIsNotHeardAnyMoreInTheMiddleIsLost() throws Exception {
        Recording first = first(one);
        first.begin(HEAD);
        first.write(Buffer.buffer("data: 1\n\n"));
        Recording retry = retry(two);
        retry.join(SOMEBODY);
        assertThat(find(two, retry)).isEqualTo(Finding.FOUND);

        redis.kill();

        Await.until("it ends", retry::ended);
        assertThat(ended(retry))
                .isInstanceOfSatisfying(
                        End.Unserved.class,
                        unserved -> assertThat(unserved.fault().reason()).isEqualTo(Reason.OVERLOADED));
    }

    @Test
    void aRowOfFailuresIsOneOnAllNodes() throws Exception {
        one.storms().unserved(name, TIME.epochMicros(), TIME.epochMicros());
        one.neighbours().unserved(name, TIME.epochMicros());
        Await.until("all know", () -> !two.storms().calm() && !three.storms().calm());

        one.neighbours().served(name);

        Await.until("it is over", () -> two.storms().calm() && three.storms().calm());
        assertThat(one.storms().calm()).isFalse();
    }

    @Test
    void aServerThatComesBackIsUsedAgain() throws Exception {
        redis.restart();
        one.recordings().keep(name, whole("all of it"), TIME.epochMicros());

        Await.until("it is found", () -> {
            Recording retry = retry(two);
            Finding finding = find(two, retry);
            two.recordings().end(retry, new End.Outgrown());
            return finding == Finding.FOUND;
        });
    }

    private static void listen() {}

    private Replays node(String id) {
        Replays here = Replays.begin(id.hashCode(), new MemoryAnswers());
        return here.among(RedisNeighbours.start(redis.url(), id, here, TIME, () -> false));
    }

    /** It is kept before it ends, so that nobody finds neither. */
    private void answer(Replays node, Recording recording) {
        node.recordings().keep(name, whole("all of it"), TIME.epochMicros());
        node.recordings().end(recording, new End.Answered(whole("all of it")));
    }

    private Recording first(Replays node) {
        node.recordings().askedAnew(name, TIME.epochMicros());
        Recording recording = node.recordings().begin(name, "").orElseThrow();
        recording.lead();
        return recording;
    }

    private Recording retry(Replays node) {
        return node.recordings().begin(name, "").orElseThrow();
    }

    private static Finding find(Replays node, Recording retry) throws Exception {
        return node.neighbours().find(retry).toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    private static End ended(Recording recording) {
        return recording.from(0).end().orElseThrow();
    }

    private static KeptAnswer whole(String body) {
        return new KeptAnswer("req_1", SERVED, Optional.empty(), Form.WHOLE, "application/json", Buffer.buffer(body));
    }

    private static KeptAnswer stream(String events) {
        return new KeptAnswer(
                "req_1", SERVED, Optional.of("16"), Form.STREAM, "text/event-stream", Buffer.buffer(events));
    }
}
