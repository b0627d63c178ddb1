package io.atlas.report;

import io.atlas.kernel.receipt.Receipt;
import io.atlas.telemetry.Backlog;
import io.atlas.telemetry.Finished;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One line for each request that is over, written by a thread of its own to the logger {@code access}. */
final class AccessLog implements Finished, AutoCloseable {
    private static final Logger ACCESS = LoggerFactory.getLogger("access");
    private static final Backlog.Terms TERMS = new Backlog.Terms("access-log", 4_096, 256, Duration.ofMillis(100));

    private final Backlog<Over> backlog;

    private record Over(Receipt receipt, Timings timings) {}

    /** A log that is being written. */
    AccessLog(TimeSource time) {
        this.backlog = Backlog.start(TERMS, AccessLog::write, time);
    }

    @Override
    public void finished(Receipt receipt, Timings timings) {
        backlog.add(new Over(receipt, timings));
    }

    /** How many lines were dropped since the start. */
    long dropped() {
        return backlog.dropped();
    }

    @Override
    public void close() {
        backlog.close();
    }

    private static Optional<String> write(List<Over> some) {
        // As one event: each is a write of its own to whoever reads the output, which costs more than to make the line.
        ACCESS.info(some.stream()
                .map(over -> AccessLine.of(over.receipt, over.timings))
                .collect(Collectors.joining("\n")));
        return Optional.empty();
    }
}
