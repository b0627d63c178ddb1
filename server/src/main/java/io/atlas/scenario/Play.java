package io.atlas.scenario;

import io.atlas.time.TimeSource;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A scenario that is being played, on threads of its own. */
public final class Play implements AutoCloseable {
    private static final long FRAME_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LAST_ANSWERS_SECONDS = 5;

    private final Script script;
    private final Audience audience;
    private final TimeSource time;
    private final HttpClient http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread stage =
            Thread.ofPlatform().daemon().name("atlas-scenario").unstarted(this::run);
    private final CountDownLatch brokenOff = new CountDownLatch(1);
    private final List<Player> players;

    private Play(Script script, Audience audience, URI gateway, Map<String, String> keys, TimeSource time) {
        this.script = script;
        this.audience = audience;
        this.time = time;
        this.http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        this.players = script.parts().stream()
                .map(part -> new Player(part, new Client(http, gateway, key(keys, part), time), threads))
                .toList();
    }

    /**
     * Begins to play, against the gateway at that address.
     *
     * @param keys of each tenant
     */
    public static Play begin(Playbill bill, URI gateway, Map<String, String> keys, TimeSource time) {
        return begin(bill.scenario().script(), bill.audience(), gateway, keys, time);
    }

    static Play begin(Script script, Audience audience, URI gateway, Map<String, String> keys, TimeSource time) {
        Play play = new Play(script, audience, gateway, keys, time);
        play.stage.start();
        return play;
    }

    /** Breaks it off where it is not over, and returns when nobody asks any more. */
    @Override
    public void close() {
        brokenOff.countDown();
        try {
            stage.join();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private static String key(Map<String, String> keys, Part part) {
        String key = keys.get(part.tenant());
        if (key == null) {
            throw new IllegalArgumentException("keys: none of " + part.tenant() + " (expected: one for each part)");
        }
        return key;
    }

    private void run() {
        try {
            for (Act act : script.acts()) {
                if (!played(act)) {
                    return;
                }
            }
            threads.shutdown();
            if (!brokenOff() && !threads.awaitTermination(LAST_ANSWERS_SECONDS, TimeUnit.SECONDS)) {
                threads.shutdownNow();
            }
            if (!brokenOff()) {
                audience.applaud(new Review(players.stream().map(Player::review).toList()));
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            threads.shutdownNow();
            http.shutdownNow();
        }
    }

    private boolean brokenOff() {
        return brokenOff.getCount() == 0;
    }

    /** Plays an act to its end; false where it is broken off. */
    private boolean played(Act act) throws InterruptedException {
        long began = time.nanos();
        long end = began + act.length().toNanos();
        long shown = began;
        players.forEach(player -> player.enter(act, began));
        for (long now = began; now - end < 0; now = time.nanos()) {
            long next = Math.min(end, shown + FRAME_NANOS);
            for (Player player : players) {
                next = Math.min(next, player.play(now));
            }
            if (now - shown >= FRAME_NANOS) {
                show(act, began, now);
                shown = now;
            }
            if (brokenOff.await(next - time.nanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        }
        // What was due while this thread came late is asked as well.
        players.forEach(player -> player.play(end - 1));
        show(act, began, time.nanos());
        return true;
    }

    private void show(Act act, long began, long now) {
        audience.watch(new Frame(
                act,
                Duration.ofNanos(now - began),
                players.stream().map(player -> player.look(now)).toList()));
    }
}
