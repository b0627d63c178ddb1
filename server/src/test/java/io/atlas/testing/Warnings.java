package io.atlas.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What a library warns of in the log while a test listens. */
public final class Warnings implements AutoCloseable {
    private final Logger log;
    private final ListAppender<ILoggingEvent> said = new ListAppender<>();

    private Warnings(Logger log) {
        this.log = log;
        said.start();
        log.addAppender(said);
    }

    /** From now on, by those whose names begin like that. */
    public static Warnings of(String name) {
        return new Warnings((Logger) LoggerFactory.getLogger(name));
    }

    /** Warnings and errors, until now. */
    public List<String> all() {
        return List.copyOf(said.list).stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    /** The same with all that was given beside each, and with what had been thrown. */
    public List<String> whole() {
        return List.copyOf(said.list).stream()
                .filter(event -> event.getLevel().isGreaterOrEqual(Level.WARN))
                .map(event -> event.getFormattedMessage() + " " + event.getKeyValuePairs() + thrown(event))
                .toList();
    }

    private static String thrown(ILoggingEvent event) {
        return event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
    }

    @Override
    public void close() {
        log.detachAppender(said);
    }
}
