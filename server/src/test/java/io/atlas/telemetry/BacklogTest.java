package io.atlas.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.telemetry.Backlog.Terms;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What waits for somebody slow: bounded, in order, counted where it is dropped, and never in anybody's way. */
@Timeout(60)
class BacklogTest {
    private static final Terms TERMS = new Terms("some", 10, 3, Duration.ofMillis(1));

    @Test
    void whatIsAddedIsTakenInOrderAndAtMostABatchAtOnce() throws Exception {
        ConcurrentLinkedQueue<List<Integer>> taken = new ConcurrentLinkedQueue<>();
        Backlog<Integer> backlog = Backlog.start(
                TERMS,
                some -> {
                    taken.add(some);
                    return Optional.empty();
                },
                TimeSource.system());
        for (int i = 0; i < 100; i++) {
            int next = i;
            Await.until(
                    "there is room", () -> taken.stream().mapToInt(List::size).sum() > next - 9);
            backlog.add(i);
        }
        backlog.close();
        assertThat(taken.stream().flatMap(List::stream))
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
        assertThat(taken).allMatch(some -> some.size() <= 3);
        assertThat(backlog.dropped()).isZero();
    }

    @Test
    void whatComesWhileABatchIsTakenWaitsForTheNextTime() {
        ConcurrentLinkedQueue<List<Integer>> taken = new ConcurrentLinkedQueue<>();
        AtomicReference<Backlog<Integer>> itself = new AtomicReference<>();
        Backlog<Integer> backlog = Backlog.start(
                new Terms("some", 10, 3, Duration.ofHours(1)),
                some -> {
                    taken.add(some);
                    itself.get().add(7);
                    return Optional.empty();
                },
                TimeSource.system());
        itself.set(backlog);
        IntStream.range(0, 4).forEach(backlog::add);
        backlog.close();
        assertThat(taken).containsExactly(List.of(0, 1, 2), List.of(3));
    }

    @Test
    void whatFindsNoRoomIsDroppedAtOnceAndCounted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Semaphore leave = new Semaphore(0);
        ConcurrentLinkedQueue<Integer> taken = new ConcurrentLinkedQueue<>();
        Backlog<Integer> backlog = Backlog.start(
                TERMS,
                some -> {
                    begun.countDown();
                    leave.acquireUninterruptibly();
                    taken.addAll(some);
                    return Optional.empty();
                },
                TimeSource.system());
        backlog.add(0);
        begun.await();
        for (int i = 1; i <= 25; i++) {
            backlog.add(i);
        }
        assertThat(backlog.dropped()).isEqualTo(15);
        leave.release(1_000);
        backlog.close();
        assertThat(taken).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    }

    @Test
    void whatIsRefusedIsCountedAndADefectEndsNothing() throws Exception {
        Backlog<Integer> backlog = Backlog.start(
                TERMS,
                some -> {
                    if (some.contains(1)) {
                        throw new IllegalStateException("a defect");
                    }
                    return some.contains(2) ? Optional.of("away") : Optional.empty();
                },
                TimeSource.system());
        backlog.add(1);
        Await.until("the defect is counted", () -> backlog.dropped() == 1);
        backlog.add(2);
        Await.until("the refusal is counted", () -> backlog.dropped() == 2);
        backlog.add(3);
        backlog.close();
        assertThat(backlog.dropped()).isEqualTo(2);
    }
}
