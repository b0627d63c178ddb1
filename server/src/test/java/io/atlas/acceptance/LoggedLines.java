package io.atlas.acceptance;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Every line that a logger and those below it write while it is open. */
final class LoggedLines extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();
    private final Logger logger;
    private final Level before;

    private LoggedLines(Logger logger) {
        this.logger = logger;
        this.before = logger.getLevel();
    }

    /** What the logger of that name writes from now on, down to that level. */
    static LoggedLines of(String name, Level level) {
        Logger logger = (Logger) LoggerFactory.getLogger(name);
        LoggedLines lines = new LoggedLines(logger);
        lines.setContext(logger.getLoggerContext());
        lines.start();
        logger.setLevel(level);
        logger.addAppender(lines);
        return lines;
    }

    List<String> lines() {
        return List.copyOf(lines);
    }

    @Override
    protected void append(ILoggingEvent event) {
        String thrown = event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
        String more =
                event.getKeyValuePairs() == null ? "" : event.getKeyValuePairs().toString();
        if (more.isEmpty() && thrown.isEmpty()) {
            event.getFormattedMessage().lines().forEach(lines::add);
        } else {
            lines.add(event.getFormattedMessage() + more + thrown);
        }
    }

    @Override
    public void close() {
        logger.detachAppender(this);
        logger.setLevel(before);
    }
}
