package io.atlas.reload;

import io.atlas.config.Configuration;
import io.atlas.config.InForce;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.reload.Standing.Refused;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Environment;
import io.atlas.yaml.Finding;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Puts what a file says in force, as a whole or not at all. What is wrong is logged, a line for each finding, and the last
 * good configuration keeps running.
 */
public final class Reload {
    private static final Logger LOG = LoggerFactory.getLogger(Reload.class);
    private static final long NANOS_PER_MICRO = 1_000;

    private final InForce inForce;
    private final Environment environment;
    private final TimeSource time;
    private volatile Standing standing;
    private volatile Runnable news = () -> {};

    /** Puts configurations in force there, whose references stand for what the environment says. */
    public Reload(InForce inForce, Environment environment, TimeSource time) {
        this.inForce = inForce;
        this.environment = environment;
        this.time = time;
        this.standing = new Standing(version(), time.epochMicros(), Optional.empty());
    }

    /** How it stands with the configuration. */
    public Standing standing() {
        return standing;
    }

    /** From now on this is done whenever another configuration is in force. */
    public void follow(Runnable action) {
        news = action;
    }

    /** Reads the bytes and puts what they say in force; returns when it is, or when it is known that it will not be. */
    public synchronized void run(String fileName, byte[] yaml) {
        long start = time.nanos();
        Configuration running = inForce.get().configuration();
        switch (ConfigurationReader.read(fileName, yaml, environment, time.today(), running)) {
            case Reading.Invalid invalid -> refuse(fileName, "it has errors", invalid.findings());
            case Reading.Valid valid -> {
                log(valid.warnings());
                enforce(fileName, valid.configuration(), start);
            }
        }
    }

    /** The file could not be read. */
    synchronized void unreadable(String fileName, String reason) {
        refuse(fileName, reason, List.of());
    }

    private void enforce(String fileName, Configuration next, long startNanos) {
        try {
            inForce.configure(next);
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("file", fileName).log("configuration could not be put in force");
            refuse(fileName, "it could not be put in force; the log says why", List.of());
            return;
        }
        standing = new Standing(version(), time.epochMicros(), Optional.empty());
        news.run();
        LOG.atInfo()
                .addKeyValue("file", fileName)
                .addKeyValue("configuration", standing.version())
                .addKeyValue("took_us", (time.nanos() - startNanos) / NANOS_PER_MICRO)
                .log("configuration in force");
    }

    private void refuse(String fileName, String reason, List<Finding> findings) {
        log(findings);
        standing = new Standing(
                standing.version(),
                standing.sinceMicros(),
                Optional.of(new Refused(time.epochMicros(), reason, findings)));
        LOG.atError()
                .addKeyValue("file", fileName)
                .addKeyValue("reason", reason)
                .addKeyValue("configuration", standing.version())
                .log("configuration refused, the last good one keeps running");
    }

    private static void log(List<Finding> findings) {
        for (Finding finding : findings) {
            Level level = finding.severity() == Finding.Severity.ERROR ? Level.ERROR : Level.WARN;
            LOG.atLevel(level)
                    .addKeyValue("file", finding.file())
                    .addKeyValue("line", finding.line())
                    .addKeyValue("column", finding.column())
                    .log("configuration: {}", finding.message());
        }
    }

    private String version() {
        return inForce.get().configuration().version();
    }
}
