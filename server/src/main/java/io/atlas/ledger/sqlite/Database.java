package io.atlas.ledger.sqlite;

import io.atlas.config.Durability;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteOpenMode;

/** A SQLite file in WAL mode: one connection writes, others read beside it, and none waits for another. */
record Database(Path file) {
    /**
     * Six receipts share a page. In one of twice the size there would be twelve, but a commit of one line or of sixteen
     * writes pages that are mostly as they were: it takes longer then, and the process 20 MiB more.
     */
    private static final int PAGE_BYTES = 4_096;

    /** Pages in the WAL before a commit copies them into the database: 8 MiB, so that this is seldom. */
    private static final int CHECKPOINT_PAGES = 2_048;

    private static final int CACHE_KIBIBYTES = 16_384;
    private static final int WAL_LIMIT_BYTES = 64 << 20;
    private static final int BUSY_MILLIS = 5_000;

    /** The connection that writes; there must be only one. */
    Connection writer(Durability durability) throws SQLException {
        SQLiteConfig config = shared();
        config.setJournalSizeLimit(WAL_LIMIT_BYTES);
        config.setWalAutocheckpoint(CHECKPOINT_PAGES);
        config.setSynchronous(
                switch (durability) {
                    case DISK -> SynchronousMode.FULL;
                    // Commits go to the WAL by write(), which outlives the process; only checkpoints wait for the disk.
                    case PROCESS -> SynchronousMode.NORMAL;
                });
        Connection connection = config.createConnection(url());
        try (Statement statement = connection.createStatement()) {
            // One after the other: the size cannot be changed any more once there is a WAL.
            statement.execute("PRAGMA page_size = " + PAGE_BYTES);
            statement.execute("PRAGMA journal_mode = WAL");
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    /** A connection that cannot write; the file must exist. */
    Connection reader() throws SQLException {
        SQLiteConfig config = shared();
        config.setReadOnly(true);
        return config.createConnection(url());
    }

    private static SQLiteConfig shared() {
        SQLiteConfig config = new SQLiteConfig();
        config.setBusyTimeout(BUSY_MILLIS);
        config.setCacheSize(-CACHE_KIBIBYTES);
        // A connection has one user at a time, and the driver has a lock of its own around each call.
        config.setOpenMode(SQLiteOpenMode.NOMUTEX);
        // Nobody asks for them, and the driver would look for them after every statement.
        config.setGetGeneratedKeys(false);
        return config;
    }

    private String url() {
        return "jdbc:sqlite:" + file;
    }
}
