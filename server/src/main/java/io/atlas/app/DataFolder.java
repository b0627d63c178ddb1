package io.atlas.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The folder of the embedded stores, which belongs to one process at a time. */
final class DataFolder implements AutoCloseable {
    private final Path folder;
    private final FileChannel lock;

    private DataFolder(Path folder, FileChannel lock) {
        this.folder = folder;
        this.lock = lock;
    }

    /** Makes the folder if there is none, and takes it. */
    static DataFolder take(Path folder) {
        try {
            Files.createDirectories(folder);
            FileChannel channel =
                    FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (locked(channel)) {
                return new DataFolder(folder, channel);
            }
            channel.close();
            throw new IOException("another process uses it");
        } catch (IOException e) {
            throw new StartException("data folder " + folder + ": " + e.getMessage(), e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false;
        }
    }

    Path ledger() {
        return folder.resolve("ledger.db");
    }

    Path secretsOfEndUsers() {
        return folder.resolve("end-user-secrets");
    }

    /** The name that this node had for its counters before the ledger's file kept the one for everything, if it has one. */
    Optional<String> formerNode() {
        Path file = folder.resolve("node");
        try {
            return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
        } catch (IOException e) {
            throw new StartException("name of this node " + file + ": " + e.getMessage(), e);
        }
    }

    Path openRequests() {
        return folder.resolve("open-requests");
    }

    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
