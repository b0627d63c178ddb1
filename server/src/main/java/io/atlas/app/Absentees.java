package io.atlas.app;

import io.atlas.books.Recount;
import io.atlas.config.Configuration;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.postgresql.AllNodes;
import io.atlas.nodes.NodeRegistry;
import io.atlas.nodes.RollCall;
import io.atlas.nodes.RollCall.State;
import io.atlas.store.redis.RedisStore;
import io.atlas.time.TimeSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks for nodes that are not there. Each node tells Redis what it has charged; what a dead one had charged would be
 * missing from a Redis that has lost its memory, until that node starts again. The database of all nodes knows it. Looked
 * at every minute, and at once after a loss.
 */
final class Absentees implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Absentees.class);
    private static final long LOOK_SECONDS = 60;

    private final Places places;
    private final Supplier<Configuration> configuration;
    private final TimeSource time;
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("atlas-absentees").factory());

    private Optional<Future<?>> looks = Optional.empty();

    /** Where what is known of them, who is there, and where it has to be known. */
    record Places(AllNodes lines, NodeRegistry registry, RedisStore counters, String self) {}

    private Absentees(Places places, Supplier<Configuration> configuration, TimeSource time) {
        this.places = places;
        this.configuration = configuration;
        this.time = time;
    }

    static Absentees start(Places places, Supplier<Configuration> configuration, TimeSource time) {
        Absentees absentees = new Absentees(places, configuration, time);
        absentees.looks = Optional.of(
                absentees.thread.scheduleWithFixedDelay(absentees::look, LOOK_SECONDS, LOOK_SECONDS, TimeUnit.SECONDS));
        return absentees;
    }

    /** Redis may have lost something. */
    void soon() {
        thread.execute(this::look);
    }

    private void look() {
        try {
            Set<String> there = new HashSet<>();
            there.add(places.self);
            RollCall.of(places.registry.all()).nodes().stream()
                    .filter(node -> node.state() == State.LIVE)
                    .forEach(node -> there.add(node.seen().sign().node()));
            for (String node : places.lines.nodes()) {
                if (!there.contains(node)) {
                    speakFor(node);
                }
            }
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .addKeyValue("error", String.valueOf(e.getMessage()))
                    .log("what nodes have charged that are not there could not be looked at; it is tried again");
        }
    }

    private void speakFor(String node) {
        CountingRules rules = Recount.rules(configuration.get());
        long nowMicros = time.epochMicros();
        int told = places.counters
                .chargesOf(node)
                .speak(limits -> places.lines.postingsOf(node, limits, rules, nowMicros), nowMicros);
        if (told > 0) {
            LOG.atInfo()
                    .addKeyValue("node", node)
                    .addKeyValue("limits", told)
                    .log("the quota store was told what a node had charged that is not there");
        }
    }

    @Override
    public void close() {
        looks.ifPresent(look -> look.cancel(true));
        thread.shutdownNow();
    }
}
