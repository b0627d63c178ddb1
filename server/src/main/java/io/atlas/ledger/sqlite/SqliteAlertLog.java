package io.atlas.ledger.sqlite;

import io.atlas.alert.Alert;
import io.atlas.alert.AlertLog;
import io.atlas.alert.Attempt;
import io.atlas.alert.Delivery;
import io.atlas.alert.Delivery.State;
import io.atlas.alert.DeliveryQuery;
import io.atlas.alert.Firing;
import io.atlas.ledger.LedgerException;
import io.atlas.ledger.sql.AlertRows;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What was told of budgets, in the ledger's file, written by its one writing thread between two batches of lines. */
record SqliteAlertLog(GroupCommit commit, Readers readers) implements AlertLog {
    @Override
    public List<Firing> firings() {
        return readers.ask(AlertRows::firings);
    }

    @Override
    public void fire(Firing firing, Alert alert, Collection<String> webhooks) {
        change(connection -> {
            AlertRows.write(connection, firing);
            for (String webhook : webhooks) {
                AlertRows.add(connection, alert, webhook, alert.atMicros());
            }
        });
    }

    @Override
    public void rearm(Firing firing) {
        change(connection -> AlertRows.remove(connection, firing));
    }

    @Override
    public Delivery add(Alert alert, String webhook, long nextMicros) {
        AtomicLong line = new AtomicLong();
        change(connection -> line.set(AlertRows.add(connection, alert, webhook, nextMicros)));
        return new Delivery(line.get(), alert, webhook, State.PENDING, nextMicros, List.of());
    }

    @Override
    public long pending() {
        return readers.ask(AlertRows::pending);
    }

    @Override
    public List<String> due(long nowMicros) {
        return readers.ask(connection -> AlertRows.due(connection, nowMicros));
    }

    @Override
    public Optional<Delivery> due(String webhook, long nowMicros) {
        return readers.ask(connection -> AlertRows.due(connection, webhook, nowMicros));
    }

    @Override
    public void postpone(Delivery delivery, long nextMicros) {
        change(connection -> AlertRows.postpone(connection, delivery, nextMicros));
    }

    @Override
    public void attempted(Delivery delivery, Attempt attempt, State state, long nextMicros) {
        change(connection -> AlertRows.attempted(connection, delivery, attempt, state, nextMicros));
    }

    @Override
    public int end(String webhook, State state) {
        AtomicInteger ended = new AtomicInteger();
        change(connection -> ended.set(AlertRows.end(connection, webhook, state)));
        return ended.get();
    }

    @Override
    public Optional<Delivery> delivery(long line) {
        return readers.ask(connection -> AlertRows.delivery(connection, line));
    }

    @Override
    public List<Delivery> deliveries(DeliveryQuery query) {
        return readers.ask(connection -> AlertRows.list(connection, query));
    }

    @Override
    public void forget(long nowMicros, long beforeMicros, int most) {
        change(connection -> AlertRows.forget(connection, nowMicros, beforeMicros, most));
    }

    private void change(GroupCommit.Change change) {
        try {
            commit.change(change).toCompletableFuture().join();
        } catch (CompletionException e) {
            throw new LedgerException("ledger: what is told of budgets was not written", e);
        }
    }
}
