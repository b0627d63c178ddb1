package io.atlas.order.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.order.Answer;
import io.atlas.kernel.order.Bid;
import io.atlas.kernel.order.Line;
import io.atlas.kernel.order.Order;
import io.atlas.kernel.order.Word;
import io.atlas.kernel.order.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;

/** Words at random of nodes that come and go, told to an order and to a board. */
final class Walk {
    private static final int STEPS = 400;
    private static final List<Long> SURE = List.of(50_000L, 200_000L, 500_000L);

    private final long seed;
    private final SplittableRandom random;
    private final Order order = new Order();
    private final int places;
    private long now = 1_800_000_000_000_000L;
    private long number;

    Walk(long seed) {
        this.seed = seed;
        random = new SplittableRandom(seed);
        places = random.nextInt(1, 100);
    }

    /** How many were called, where the board of that name answers as the order does. */
    int hold(RedisBoard board, String name) throws InterruptedException, ExecutionException {
        int called = 0;
        for (int step = 0; step < STEPS; step++) {
            now += random.nextInt(40) == 0 ? random.nextLong(5_000_000) : random.nextLong(60_000);
            number += random.nextInt(20) == 0 ? 0 : 1;
            boolean nobodyWaits = step / 50 % 2 == 1;
            Word word = word(nobodyWaits ? 100 : 5);
            Answer expected = order.hear(word, places, now);
            Answer answer = board.tell(name + "-" + seed, places, word, now)
                    .toCompletableFuture()
                    .get();
            assertThat(answer).as("seed %d, step %d: %s", seed, step, word).isEqualTo(expected);
            called +=
                    expected instanceof Answer.Ordered ordered ? ordered.calls().size() : 0;
        }
        return called;
    }

    /** One of its lines bids in so many. */
    private Word word(int oneBidsOf) {
        List<Work> works = new ArrayList<>();
        List<Bid> bids = new ArrayList<>();
        IntStream.range(0, 3)
                .forEach(priority -> IntStream.range(0, 3).forEach(tenant -> {
                    Line line = new Line(priority, "tenant \"" + tenant);
                    if (random.nextInt(3) == 0) {
                        works.add(new Work(line, tenant + 1, random.nextLong(-2_000, 4_000)));
                    }
                    if (random.nextInt(oneBidsOf) == 0) {
                        bids.add(bid(line, tenant + 1));
                    }
                }));
        return new Word("node-" + random.nextInt(4), number, hold(), works, bids);
    }

    private Word.Hold hold() {
        int running = random.nextInt(3) == 0 ? 0 : random.nextInt(1 + places / 4);
        return random.nextInt(4) == 0
                ? new Word.Hold(running, running, random.nextInt(1, 5), Word.Intent.LEAVES)
                : new Word.Hold(running + random.nextInt(3), running, random.nextInt(1, 5), Word.Intent.STAYS);
    }

    private Bid bid(Line line, int weight) {
        return new Bid(
                line,
                weight,
                SURE.get(line.priority()).intValue(),
                random.nextLong(1, 5_000),
                random.nextInt(2) * random.nextLong(5_000),
                random.nextInt(3) == 0 ? 0 : random.nextInt(40),
                random.nextLong(1_000_000));
    }
}
