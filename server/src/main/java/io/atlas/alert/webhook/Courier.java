package io.atlas.alert.webhook;

import io.atlas.alert.Alert;
import io.atlas.alert.AlertLog;
import io.atlas.alert.Alerts;
import io.atlas.alert.Attempt;
import io.atlas.alert.Delivery;
import io.atlas.alert.Delivery.State;
import io.atlas.alert.Webhook;
import io.atlas.alert.watch.AlertJson;
import io.atlas.alert.watch.BudgetWatch;
import io.atlas.time.Ids;
import io.atlas.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has budgets looked at, and carries what is noted of them to the webhooks. Each webhook is served by itself, one delivery
 * at a time, so that one that is slow or away keeps nobody waiting but itself. What is to be sent is in the log, so a
 * restart goes on where the last process ended: an attempt may be made twice, and none is lost.
 */
public final class Courier implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Courier.class);
    private static final int GONE = 410;

    /** Deliveries that have ended and are remembered. */
    private static final int MOST_KEPT = 10_000;

    private static final long TIDY_MICROS = 60_000_000;
    private static final int ID_BYTES = 16;

    private final Supplier<Alerts> alerts;
    private final BudgetWatch watch;
    private final AlertLog log;
    private final Consumer<String> outcomes;
    private final TimeSource time;
    private final Pace pace;
    private final Post post;
    private final Chore looking = new Chore("budgets could not be looked at; it is tried again");
    private final Chore gathering = new Chore("alerts to be sent could not be read; it is tried again");
    private final Chore serving = new Chore("alerts could not be sent; it is tried again");
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    /** Receivers that want no more, as they are configured: with another address or secret one is another. */
    private final Set<Webhook> gone = ConcurrentHashMap.newKeySet();

    private final ExecutorService carriers = Executors.newVirtualThreadPerTaskExecutor();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("atlas-alerts").factory());
    private List<Future<?>> chores = List.of();
    private volatile boolean open = true;
    private long tidiedMicros;

    /** A courier of the alerts in force, who tells of each outcome by a word. */
    public Courier(Work work, TimeSource time, Pace pace) {
        this.alerts = work.alerts;
        this.watch = work.watch;
        this.log = work.log;
        this.outcomes = work.outcomes;
        this.time = time;
        this.pace = pace;
        this.post = new Post(time, pace.patience());
    }

    /**
     * What it does, and whom it tells.
     *
     * @param outcomes hears a word for each attempt: {@code retried}, or that of the state it led to
     */
    public record Work(Supplier<Alerts> alerts, BudgetWatch watch, AlertLog log, Consumer<String> outcomes) {}

    /** From now on looks and carries. */
    public Courier begin() {
        chores = List.of(
                every(pace.look(), () -> looking.run(() -> watch.look(time.epochMicros()))),
                every(pace.beat(), () -> gathering.run(this::beat)));
        return this;
    }

    private Future<?> every(Duration pause, Runnable chore) {
        return thread.scheduleWithFixedDelay(chore, 0, pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** What was told, and what became of it. */
    public AlertLog log() {
        return log;
    }

    /** The alerts in force. */
    public Alerts alerts() {
        return alerts.get();
    }

    /** Whether so much is pending that nothing should be added. */
    public boolean isFull() {
        return log.pending() >= BudgetWatch.MOST_PENDING;
    }

    /** Sends something to that webhook, and returns what came of it; where it was not taken it is sent again like an alert. */
    public Delivery test(Webhook webhook) throws InterruptedException {
        long nowMicros = time.epochMicros();
        Alert alert = new Alert(
                Alert.id(Ids.hexSecret(ID_BYTES)),
                AlertJson.testType(),
                "",
                "",
                nowMicros,
                AlertJson.test(webhook.name(), nowMicros));
        Delivery delivery = log.add(alert, webhook.name(), afterAttempt());
        carry(webhook, delivery);
        return log.delivery(delivery.line()).orElseThrow();
    }

    private void beat() {
        long nowMicros = time.epochMicros();
        if (nowMicros - tidiedMicros >= TIDY_MICROS) {
            tidiedMicros = nowMicros;
            log.forget(
                    nowMicros,
                    nowMicros - TimeUnit.MILLISECONDS.toMicros(pace.kept().toMillis()),
                    MOST_KEPT);
        }
        gone.retainAll(alerts.get().webhooks().values());
        for (String webhook : log.due(nowMicros)) {
            if (busy.add(webhook)) {
                carriers.execute(() -> {
                    try {
                        serving.run(() -> serve(webhook));
                    } finally {
                        busy.remove(webhook);
                    }
                });
            }
        }
    }

    /** Sends what is due for one webhook, until nothing is or it does not take it. */
    private void serve(String name) {
        boolean taken = true;
        while (open && taken) {
            Optional<Webhook> webhook = alerts.get().webhook(name);
            if (webhook.isEmpty()) {
                end(name, State.DROPPED);
                return;
            }
            if (gone.contains(webhook.get())) {
                end(name, State.GONE);
                return;
            }
            Optional<Delivery> next = log.due(name, time.epochMicros());
            taken = next.isPresent() && taken(webhook.get(), next.get());
        }
    }

    private boolean taken(Webhook webhook, Delivery delivery) {
        try {
            return carry(webhook, delivery) == State.DELIVERED;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Nothing is sent of which this cannot be noted: a log that takes nothing must not make a flood of attempts. */
    private State carry(Webhook webhook, Delivery delivery) throws InterruptedException {
        log.postpone(delivery, afterAttempt());
        Post.Sent sent = post.send(webhook, delivery.alert());
        Attempt made = sent.attempt();
        int status = made.status().orElse(0);
        double chance = (Ids.chance() >>> 11) * 0x1.0p-53;
        Optional<Long> pause = pace.pauseMicros(delivery.attempts().size() + 1, chance, sent.againMillis());
        State state = status / 100 == 2
                ? State.DELIVERED
                : status == GONE ? State.GONE : pause.isPresent() ? State.PENDING : State.FAILED;
        log.attempted(delivery, made, state, time.epochMicros() + pause.orElse(0L));
        outcomes.accept(state == State.PENDING ? "retried" : state.word());
        if (state == State.DELIVERED) {
            gone.remove(webhook);
        } else {
            tell(delivery, made, state);
        }
        if (state == State.GONE) {
            gone.add(webhook);
        }
        return state;
    }

    /** When an attempt that begins now is over. */
    private long afterAttempt() {
        return time.epochMicros()
                + 2 * TimeUnit.NANOSECONDS.toMicros(pace.patience().toNanos());
    }

    private static void tell(Delivery delivery, Attempt made, State state) {
        LOG.atWarn()
                .addKeyValue("webhook", delivery.webhook())
                .addKeyValue("alert", delivery.alert().id())
                .addKeyValue("attempt", delivery.attempts().size() + 1)
                .addKeyValue("status", made.status().orElse(0))
                .addKeyValue("error", made.error().orElse(""))
                .log(
                        switch (state) {
                            case GONE ->
                                "a webhook wants no more alerts (410); it gets none until its configuration changes";
                            case FAILED -> "an alert was not taken, and is not sent again";
                            case PENDING, DELIVERED, DROPPED -> "an alert was not taken; it is sent again";
                        });
    }

    private void end(String webhook, State state) {
        int ended = log.end(webhook, state);
        for (int i = 0; i < ended; i++) {
            outcomes.accept(state.word());
        }
        LOG.atWarn()
                .addKeyValue("webhook", webhook)
                .addKeyValue("alerts", ended)
                .log("alerts are not sent: their webhook wants no more, or is not in the configuration any more");
    }

    /** What is done again and again, of whose failures only the first one in a row is told. */
    private final class Chore {
        private final String failure;
        private volatile boolean failing;

        Chore(String failure) {
            this.failure = failure;
        }

        void run(Runnable work) {
            try {
                work.run();
                failing = false;
            } catch (RuntimeException e) {
                if (open && !failing) {
                    LOG.atWarn().setCause(e).log(failure);
                }
                failing = true;
            }
        }
    }

    /** Gives up what is under way: it is in the log, and sent after the next start. */
    @Override
    public void close() {
        open = false;
        chores.forEach(chore -> chore.cancel(false));
        thread.shutdownNow();
        carriers.shutdownNow();
        post.close();
        thread.close();
        carriers.close();
    }
}
