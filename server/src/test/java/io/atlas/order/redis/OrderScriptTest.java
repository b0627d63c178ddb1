package io.atlas.order.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.order.Answer;
import io.atlas.kernel.order.Bid;
import io.atlas.kernel.order.Line;
import io.atlas.kernel.order.Order;
import io.atlas.kernel.order.Word;
import io.atlas.kernel.order.Work;
import io.atlas.testing.RealRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The script, held against what it is to do: answer by answer, over long walks. */
class OrderScriptTest {
    private static final int SEEDS = 20;
    private static final int STEPS = 400;
    private static final List<Long> SURE = List.of(50_000L, 200_000L, 500_000L);

    private static RealRedis redis;
    private static RedisBoard board;

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
        board = new RedisBoard(redis.url());
    }

    @AfterAll
    static void stop() {
        board.close();
        redis.close();
    }

    @Test
    void theScriptAnswersAsTheOrderDoes() throws Exception {
        for (long seed = 0; seed < SEEDS; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            Order order = new Order();
            int places = random.nextInt(1, 40);
            long now = 1_800_000_000_000_000L;
            long number = 0;
            int called = 0;
            for (int step = 0; step < STEPS; step++) {
                now += random.nextInt(40) == 0 ? random.nextLong(5_000_000) : random.nextLong(60_000);
                number += random.nextInt(20) == 0 ? 0 : 1;
                Word word = word(random, number, places);
                Answer expected = order.hear(word, places, now);
                assertThat(tell("backend-" + seed, places, word, now))
                        .as("seed %d, step %d: %s", seed, step, word)
                        .isEqualTo(expected);
                called += expected instanceof Answer.Ordered ordered
                        ? ordered.calls().size()
                        : 0;
            }
            assertThat(called).as("seed %d: calls", seed).isPositive();
        }
    }

    private static Answer tell(String backend, int places, Word word, long now)
            throws InterruptedException, ExecutionException {
        return board.tell(backend, places, word, now).toCompletableFuture().get();
    }

    private static Word word(SplittableRandom random, long number, int places) {
        int running = random.nextInt(1 + places / 2);
        Word.Hold hold = new Word.Hold(running + random.nextInt(3), running, random.nextInt(1, 5));
        List<Work> works = new ArrayList<>();
        List<Bid> bids = new ArrayList<>();
        IntStream.range(0, 3)
                .forEach(priority -> IntStream.range(0, 3).forEach(tenant -> {
                    Line line = new Line(priority, "tenant \"" + tenant);
                    if (random.nextInt(3) == 0) {
                        works.add(new Work(line, tenant + 1, random.nextLong(-2_000, 4_000)));
                    }
                    if (random.nextInt(5) == 0) {
                        bids.add(new Bid(
                                line,
                                tenant + 1,
                                SURE.get(priority).intValue(),
                                random.nextLong(1, 5_000),
                                random.nextInt(2) * random.nextLong(5_000),
                                random.nextInt(20),
                                random.nextLong(1_000_000)));
                    }
                }));
        return new Word("node-" + random.nextInt(4), number, hold, works, bids);
    }
}
