package io.atlas.app;

import com.sun.management.UnixOperatingSystemMXBean;
import io.atlas.config.Configuration;
import io.atlas.doctor.Diagnosis;
import io.atlas.doctor.Doctor;
import io.atlas.doctor.Doctor.Check;
import io.atlas.doctor.Reach;
import io.atlas.doctor.Thresholds;
import io.atlas.model.Backend;
import io.atlas.nodes.NodeRegistry;
import io.atlas.nodes.RollCall;
import io.atlas.reload.Standing;
import io.atlas.store.Health;
import io.atlas.store.redis.RedisStore;
import io.atlas.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** What a doctor looks at, of a gateway that runs. */
final class Checks {
    /** Libraries, the ledger's files, the listeners, and some. */
    private static final int OTHER_FILES = 256;

    private final Supplier<Configuration> configuration;
    private final Stores stores;
    private final NodeRegistry registry;
    private final Supplier<Standing> standing;
    private final TimeSource time;

    Checks(
            Supplier<Configuration> configuration,
            Stores stores,
            NodeRegistry registry,
            Supplier<Standing> standing,
            TimeSource time) {
        this.configuration = configuration;
        this.stores = stores;
        this.registry = registry;
        this.standing = standing;
        this.time = time;
    }

    Doctor doctor() {
        List<Check> checks = new ArrayList<>();
        checks.add(new Check("configuration", () -> List.of(file())));
        if (stores.counters() instanceof RedisStore redis) {
            checks.add(new Check("redis", () -> redis(redis)));
        }
        stores.shared().ifPresent(shared -> {
            checks.add(new Check(
                    "postgresql clock", () -> List.of(clock("postgresql clock", shared.lines()::clockMicros))));
            checks.add(new Check("ledger lag", () -> List.of(Thresholds.lag(stores.lag()))));
        });
        checks.add(new Check("nodes", () -> List.of(nodes())));
        checks.add(new Check("open files", () -> openFiles().stream().toList()));
        checks.add(new Check("disk space", () -> List.of(Thresholds.space(freeBytes()))));
        checks.add(new Check("backends", this::backends));
        return new Doctor(checks);
    }

    private Diagnosis file() {
        return standing.get()
                .refused()
                .map(refused -> Diagnosis.fail(
                        "configuration",
                        "the file is not in force: " + refused.reason(),
                        "see GET /admin/v1/configuration or the log for each error, and mend the file"))
                .orElseGet(() -> Diagnosis.ok("configuration", standing.get().version() + " is in force"));
    }

    private List<Diagnosis> redis(RedisStore redis) {
        long before = time.epochMicros();
        Health health = redis.health();
        long after = time.epochMicros();
        Diagnosis fit = health.unfit().isEmpty()
                ? Diagnosis.ok("redis", "version " + health.version() + ", never throws away what it keeps")
                : Diagnosis.fail("redis", health.unfit(), "give it what is expected; docs/redis.md says why");
        Diagnosis there = stores.awayFor().isZero()
                ? fit
                : Diagnosis.fail(
                        "redis",
                        "not asked for " + stores.awayFor().toSeconds() + " s: " + fit.says(),
                        "see the log for why; until then this node gives out its own share");
        return List.of(
                there, Thresholds.clock("redis clock", health.clockMicros() - middle(before, after), after - before));
    }

    private Diagnosis clock(String check, LongSupplier clockMicros) {
        long before = time.epochMicros();
        long there = clockMicros.getAsLong();
        long after = time.epochMicros();
        return Thresholds.clock(check, there - middle(before, after), after - before);
    }

    private static long middle(long before, long after) {
        return before + (after - before) / 2;
    }

    private Diagnosis nodes() {
        RollCall call = RollCall.of(registry.all());
        long silent = call.nodes().stream()
                .filter(node -> node.state() == RollCall.State.SILENT)
                .count();
        String says = call.nodes().size() + " known, " + silent + " silent, "
                + (call.agreed() ? "all that are there with one configuration" : "with several configurations");
        return silent == 0 && call.agreed()
                ? Diagnosis.ok("nodes", says)
                : Diagnosis.warn("nodes", says, "see atlas nodes for which; give all the same file");
    }

    /** Nothing where the system does not say. */
    private Optional<Diagnosis> openFiles() {
        if (!(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix)) {
            return Optional.empty();
        }
        Configuration now = configuration.get();
        long backends =
                now.backends().values().stream().mapToLong(Backend::concurrency).sum();
        long needed = now.server().limits().connections() + backends + OTHER_FILES;
        return Optional.of(Thresholds.openFiles(unix.getMaxFileDescriptorCount(), needed));
    }

    private long freeBytes() {
        try {
            return Files.getFileStore(configuration.get().server().data()).getUsableSpace();
        } catch (IOException e) {
            throw new UncheckedIOException("data folder: not asked for its space", e);
        }
    }

    private List<Diagnosis> backends() {
        return configuration.get().backends().values().stream()
                .filter(backend -> backend.url().isPresent())
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .map(backend -> Reach.of(backend.name(), backend.url().orElseThrow()))
                .toList();
    }
}
