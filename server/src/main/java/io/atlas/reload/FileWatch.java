package io.atlas.reload;

import io.atlas.secret.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the configuration's file again and again. Its content alone decides whether it has changed: editors replace the
 * file, and clusters the link that leads to it. A change is taken when the file has been the same at two looks, so that no
 * half of a file is, however it is written.
 */
public final class FileWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FileWatch.class);
    private static final long LOOK_MILLIS = 100;

    /** Two seconds: after that time no clock of a file system is so coarse that it would hide a second change. */
    private static final int LOOKS_UNTIL_SETTLED = 20;

    private static final int MAX_BYTES = 4 << 20;

    private final Path file;
    private final Reload reload;
    private final BlockingQueue<Wish> wishes = new ArrayBlockingQueue<>(2);
    private final Thread thread;

    /** What was seen last, and what was taken last: the digest, or why there is none. */
    private String seen;

    private String taken;

    /** What the file system says of the file, and for how many looks it has said so. */
    private Stamp stamp = Stamp.NONE;

    private int looksAtStamp;

    private enum Wish {
        NOW,
        END
    }

    private record Stamp(FileTime modified, long bytes, String file) {
        static final Stamp NONE = new Stamp(FileTime.fromMillis(0), -1, "");

        static Stamp of(Path file) throws IOException {
            BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey()));
        }
    }

    private sealed interface Look {
        String content();

        record Bytes(byte[] bytes, String content) implements Look {}

        record Unreadable(String content) implements Look {}
    }

    private FileWatch(Path file, Reload reload) {
        this.file = file;
        this.reload = reload;
        this.taken = reload.standing().version();
        this.seen = taken;
        this.thread = Thread.ofVirtual().name("atlas-reload").unstarted(this::run);
    }

    /** Follows the file from which the configuration in force was read. */
    public static FileWatch start(Path file, Reload reload) {
        FileWatch watch = new FileWatch(file, reload);
        watch.thread.start();
        return watch;
    }

    /** Takes the file as it is now, even if it is the same: what it refers to may have changed. */
    public void takeNow() {
        if (!wishes.offer(Wish.NOW)) {
            LOG.atDebug().addKeyValue("file", file).log("the configuration is about to be read again already");
        }
    }

    /** Follows it no longer; returns when nothing is under way. */
    @Override
    public void close() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                wishes.put(Wish.END);
                thread.join();
            } catch (InterruptedException e) {
                // The stores are closed next; who interrupts is answered when nothing uses them.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            Wish wish = wishes.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            while (wish != Wish.END) {
                if (wish == Wish.NOW || !settled()) {
                    Look look = look();
                    boolean still = look.content().equals(seen);
                    seen = look.content();
                    if (wish == Wish.NOW || (still && !seen.equals(taken))) {
                        take(look);
                    }
                }
                wish = wishes.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the file need not be read, since the file system says that it is the one that was read. */
    private boolean settled() {
        try {
            Stamp now = Stamp.of(file);
            looksAtStamp = now.equals(stamp) ? looksAtStamp + 1 : 0;
            stamp = now;
        } catch (IOException _) {
            // To read it says why it cannot be.
            looksAtStamp = 0;
        }
        return looksAtStamp > LOOKS_UNTIL_SETTLED;
    }

    private void take(Look look) {
        taken = look.content();
        try {
            switch (look) {
                case Look.Bytes read -> reload.run(file.toString(), read.bytes);
                case Look.Unreadable unreadable -> reload.unreadable(file.toString(), unreadable.content);
            }
        } catch (RuntimeException e) {
            LOG.atError().setCause(e).addKeyValue("file", file).log("the configuration could not be read again");
        }
    }

    private Look look() {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            return new Look.Bytes(bytes, "sha256:" + Digest.of(bytes).hex());
        } catch (IOException e) {
            return new Look.Unreadable("it cannot be read: " + e.getClass().getSimpleName());
        }
    }
}
