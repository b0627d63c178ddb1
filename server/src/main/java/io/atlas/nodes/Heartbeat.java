package io.atlas.nodes;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says every few seconds how this node is, and at once when it is told that something is new. One thread. */
public final class Heartbeat implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);
    private static final long BEAT_SECONDS = 5;
    private static final long FAREWELL_MILLIS = 2_000;

    private final NodeRegistry registry;
    private final Supplier<Sign> sign;
    private final BlockingQueue<Word> words = new ArrayBlockingQueue<>(2);
    private final Thread thread;
    private boolean heard = true;

    private enum Word {
        NEWS,
        END
    }

    private Heartbeat(NodeRegistry registry, Supplier<Sign> sign) {
        this.registry = registry;
        this.sign = sign;
        this.thread = Thread.ofPlatform().daemon().name("atlas-heartbeat").unstarted(this::run);
    }

    /** Begins with a first sign; whoever is away then is told later. */
    public static Heartbeat start(NodeRegistry registry, Supplier<Sign> sign) {
        Heartbeat heartbeat = new Heartbeat(registry, sign);
        heartbeat.thread.start();
        return heartbeat;
    }

    /** Something of the sign has changed. */
    public void news() {
        if (!words.offer(Word.NEWS)) {
            LOG.atDebug().log("a sign is about to be given already");
        }
    }

    private void run() {
        try {
            Word word = Word.NEWS;
            while (word != Word.END) {
                say();
                word = words.poll(BEAT_SECONDS, TimeUnit.SECONDS);
            }
            registry.leave(sign.get().node());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("nodes: not told that this one stops");
        }
    }

    private void say() {
        try {
            registry.say(sign.get());
            heard = true;
        } catch (RuntimeException e) {
            if (heard) {
                heard = false;
                LOG.atWarn()
                        .addKeyValue("error", String.valueOf(e.getMessage()))
                        .log("nodes: the others cannot be told how this node is; it is tried again");
            }
        }
    }

    /** Says that the node stops. */
    @Override
    public void close() {
        words.clear();
        words.add(Word.END);
        try {
            thread.join(FAREWELL_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
