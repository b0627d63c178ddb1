package io.atlas.kernel.fair;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.fair.ChunkedEngine.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A backlog without end before an engine that reads in pieces: talk, then agents with long prompts, then code. No number of
 * requests at once is right for all three; what is learned of the engine is.
 */
class MixShiftTest {
    private static final long SECOND = 1_000_000;
    private static final long PHASE_MICROS = 120 * SECOND;
    /** After a change the engine still has what came before it. */
    private static final long SETTLED_MICROS = 30 * SECOND;

    private static final long STEP_MICROS = 120_000;
    private static final long MOST_WAIT_MICROS = 350_000 * 3 / 2 + STEP_MICROS;

    /** What everyone asks for. */
    private enum Mix {
        TALK,
        AGENTS,
        CODE;

        long[] any(SplittableRandom random) {
            return switch (this) {
                case TALK -> Lengths.any(random);
                case AGENTS -> new long[] {random.nextLong(10_000, 14_000), random.nextLong(100, 500)};
                case CODE -> new long[] {random.nextLong(200, 4_000), random.nextLong(8, 50)};
            };
        }
    }

    /** Whether the queue hears of first tokens and of the engine's own figures, or knows a number of requests only. */
    private enum Ears {
        OPEN,
        WITHOUT_FIGURES,
        SHUT
    }

    @ParameterizedTest
    @ValueSource(longs = {60_000, 160_000, 400_000})
    void theEngineIsAsBusyAsItCanBeAndNobodyWaitsInIt(long kvTokens) {
        Run run = new Run(256, kvTokens, Ears.OPEN);
        for (Mix mix : Mix.values()) {
            Phase phase = run.phase(mix);
            assertThat(phase.workPerSecond / best(mix, kvTokens))
                    .as("%s: work by that of the best number of requests", mix)
                    .isGreaterThanOrEqualTo(0.97);
            assertThat(phase.waited(99)).as("%s: wait in the engine", mix).isLessThanOrEqualTo(MOST_WAIT_MICROS);
            assertThat(phase.preemptions).as("%s: begun again", mix).isLessThanOrEqualTo(phase.waits.size() / 1_000);
        }
    }

    @Test
    void aNumberOfRequestsThatIsRightForOneMixIsWrongForAnother() {
        assertThat(new Run(128, 160_000, Ears.SHUT).phase(Mix.TALK).workPerSecond)
                .isGreaterThan(0.97 * best(Mix.TALK, 160_000));
        assertThat(new Run(128, 160_000, Ears.SHUT).phase(Mix.AGENTS).waited(99))
                .isGreaterThan(100 * MOST_WAIT_MICROS);
    }

    @Test
    void anEngineThatLosesHalfOfItsMemoryAndItsSpeedIsKnownSoon() {
        Run run = new Run(256, 400_000, Ears.OPEN);
        run.phase(Mix.CODE);
        run.engine.kvTokens /= 2;
        run.engine.slowness = 2;
        Phase phase = run.phase(Mix.CODE);

        assertThat(phase.waited(99)).isLessThanOrEqualTo(MOST_WAIT_MICROS + STEP_MICROS);
        assertThat(phase.preemptions).isZero();
    }

    @Test
    void withoutTheEnginesFiguresItIsStillBusy() {
        Run run = new Run(256, 160_000, Ears.OPEN);
        run.phase(Mix.CODE);
        run.ears = Ears.WITHOUT_FIGURES;
        Phase phase = run.phase(Mix.CODE);

        assertThat(phase.workPerSecond).isGreaterThanOrEqualTo(0.95 * best(Mix.CODE, 160_000));
        assertThat(phase.waited(99)).isLessThanOrEqualTo(MOST_WAIT_MICROS);
    }

    /** What a fixed number of requests at once can do at most. */
    private static double best(Mix mix, long kvTokens) {
        return IntStream.of(32, 64, 128, 256)
                .mapToDouble(places -> new Run(places, kvTokens, Ears.SHUT).phase(mix).workPerSecond)
                .max()
                .orElseThrow();
    }

    /** What was seen in one phase, after it had settled. */
    private static final class Phase {
        final List<Long> waits = new ArrayList<>();
        double workPerSecond;
        long preemptions;

        long waited(int percent) {
            List<Long> sorted = waits.stream().sorted().toList();
            return sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
        }
    }

    /** A queue and its engine. */
    private static final class Run {
        private final SplittableRandom random = new SplittableRandom(5);
        private final ChunkedEngine engine;
        private final FairQueue<Sequence> queue;
        private final Map<Sequence, Ticket<Sequence>> tickets = new HashMap<>();
        private Ears ears;
        private Mix mix = Mix.TALK;
        private Phase phase = new Phase();
        private long now;
        private long toldMicros = -SECOND;

        Run(int places, long kvTokens, Ears ears) {
            this.engine = new ChunkedEngine(kvTokens);
            this.queue = new FairQueue<>(new Capacity(places, 1_000, 1L << 40), new Guarantees(List.of(0)));
            this.ears = ears;
        }

        Phase phase(Mix next) {
            mix = next;
            phase = new Phase();
            runUntil(now + SETTLED_MICROS);
            phase = new Phase();
            long work = engine.work;
            long preemptions = engine.preemptions;
            long since = now;
            runUntil(now + PHASE_MICROS);
            phase.workPerSecond = (engine.work - work) * (double) SECOND / (now - since);
            phase.preemptions = engine.preemptions - preemptions;
            return phase;
        }

        void runUntil(long micros) {
            while (now < micros) {
                tellFigures();
                fill();
                call();
                now += engine.idle() ? 1_000 : engine.step(now);
                tell();
            }
        }

        private void fill() {
            while (queue.waiting() < 12) {
                long[] length = mix.any(random);
                Arrival arrival = new Arrival(
                        new Flow("tenant-" + random.nextInt(5), "", 0, 1), length[0], 1_024, 1_000, Long.MAX_VALUE);
                if (queue.arrive(arrival, new Sequence(length[0], Math.min(1_024, length[1]), now), now)
                        instanceof Admission.Started<Sequence> started) {
                    begin(started.ticket());
                }
            }
        }

        private void call() {
            for (var turn = queue.next(now); turn.isPresent(); turn = queue.next(now)) {
                if (turn.orElseThrow() instanceof Turn.Called<Sequence> called) {
                    begin(called.ticket());
                }
            }
        }

        private void begin(Ticket<Sequence> ticket) {
            Sequence asked = ticket.kept();
            Sequence sequence = new Sequence(asked.input, asked.output, now);
            tickets.put(sequence, ticket);
            engine.arrive(sequence);
        }

        private void tell() {
            engine.begun().forEach(sequence -> {
                phase.waits.add(sequence.scheduledMicros - sequence.cameMicros);
                if (ears != Ears.SHUT) {
                    queue.firstToken(ticket(sequence), now);
                }
            });
            engine.over().forEach(sequence -> {
                queue.settle(ticket(sequence), sequence.input, sequence.output, now);
                tickets.remove(sequence);
            });
            tickets.forEach((sequence, ticket) -> queue.extend(ticket, sequence.written));
        }

        private void tellFigures() {
            if (now - toldMicros >= SECOND && ears != Ears.SHUT) {
                toldMicros = now;
                if (ears == Ears.OPEN) {
                    queue.endpoint().read(engine.reading(), now);
                }
                queue.endpoint().pass(now);
            }
        }

        private Ticket<Sequence> ticket(Sequence sequence) {
            return Objects.requireNonNull(tickets.get(sequence));
        }
    }
}
