package io.atlas.ledger.sqlite;

import io.atlas.ledger.LedgerException;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** The name of the node whose lines these are, in the file itself: whatever happens to the file happens to the name. */
final class NodeName {
    private NodeName() {}

    /** The name, which is made where there is none. Blocks. */
    static String of(Readers readers, GroupCommit commit, Supplier<String> names) {
        Optional<String> there = readers.ask(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("SELECT id FROM node")) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        });
        return there.orElseGet(() -> {
            String name = names.get();
            take(commit, name);
            return name;
        });
    }

    /** Gives it this name, of which no line is known to be carried on. Blocks. */
    static void take(GroupCommit commit, String name) {
        change(commit, connection -> {
            try (PreparedStatement forget = connection.prepareStatement("DELETE FROM node");
                    PreparedStatement add = connection.prepareStatement("INSERT INTO node VALUES (?, 0)")) {
                forget.executeUpdate();
                add.setString(1, name);
                add.executeUpdate();
            }
        });
    }

    /** Changes the name, or what is noted with it. Blocks. */
    static void change(GroupCommit commit, GroupCommit.Change change) {
        try {
            commit.change(change).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new LedgerException("ledger: the node's name or cursor was not written", e);
        }
    }
}
