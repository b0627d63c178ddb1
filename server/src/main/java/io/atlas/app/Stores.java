package io.atlas.app;

import io.atlas.alert.watch.BudgetWatch;
import io.atlas.alert.webhook.Courier;
import io.atlas.alert.webhook.Pace;
import io.atlas.books.Books;
import io.atlas.books.Reconciliation;
import io.atlas.burn.BurnRates;
import io.atlas.config.Configuration;
import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.config.Snapshot;
import io.atlas.elasticity.ElasticStore;
import io.atlas.enduser.People;
import io.atlas.enduser.Pseudonyms;
import io.atlas.kernel.quota.Limit;
import io.atlas.keys.KeyStore;
import io.atlas.ledger.Decision;
import io.atlas.ledger.open.OpenTable;
import io.atlas.ledger.open.Recovery;
import io.atlas.ledger.sqlite.SqliteLedger;
import io.atlas.nodes.LoneNode;
import io.atlas.nodes.NodeRegistry;
import io.atlas.nodes.RollCall;
import io.atlas.order.redis.RedisBoard;
import io.atlas.pool.MoveStore;
import io.atlas.replay.AnswerStore;
import io.atlas.replay.MemoryAnswers;
import io.atlas.replay.Replays;
import io.atlas.replay.redis.RedisNeighbours;
import io.atlas.store.Agreement;
import io.atlas.store.Notices;
import io.atlas.store.QuotaStore;
import io.atlas.store.StoreUnfit;
import io.atlas.store.memory.MemoryStore;
import io.atlas.store.redis.RedisStore;
import io.atlas.time.Ids;
import io.atlas.time.TimeSource;
import io.vertx.core.Context;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What outlives a request: the ledger, which holds what a dead process left open, the table of open requests, and the
 * counters, which are built from the ledger as soon as it is known what is in force.
 *
 * @param quota the counters, asked by what limits say at the moment
 */
record Stores(
        DataFolder folder,
        String node,
        SqliteLedger ledger,
        Optional<SharedLedger> shared,
        OpenTable open,
        QuotaStore counters,
        ElasticStore quota,
        People people,
        Books books)
        implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Stores.class);

    /** As many requests as can be on their way to backends at once. */
    private static final int OPEN_REQUESTS = 32_768;

    /** So many that no two nodes ever make the same name. */
    private static final int NODE_BYTES = 16;

    static Stores open(Configuration configuration, TimeSource time) {
        DataFolder folder = DataFolder.take(configuration.server().data());
        SqliteLedger ledger = SqliteLedger.open(folder.ledger(), configuration.durability());
        OpenTable open = OpenTable.open(folder.openRequests(), OPEN_REQUESTS);
        int survivors = Waiting.on(Recovery.run(open, ledger), "recovery of open requests");
        if (survivors > 0 || open.tornSlots() > 0) {
            LOG.atWarn()
                    .addKeyValue("settled", survivors)
                    .addKeyValue("unreadable", open.tornSlots())
                    .log("the last process died with requests open");
        }
        String node = ledger.node(() -> folder.formerNode().orElseGet(Stores::newNode));
        QuotaStore counters = counters(configuration, node, time);
        ElasticStore quota = new ElasticStore(counters);
        People people = new People(pseudonyms(folder, counters), quota);
        Optional<SharedLedger> shared =
                configuration.database().map(database -> SharedLedger.open(database, ledger, time));
        return new Stores(folder, node, ledger, shared, open, counters, quota, people, new Books(quota, ledger, time));
    }

    /** Finished requests that are not yet where the ledger is kept. */
    long lag() {
        return ledger.lag() + shared.map(SharedLedger::lag).orElse(0L);
    }

    /** The receipt of that id, whichever node wrote it. */
    Optional<Decision> decision(String id) {
        return ledger.decision(id).or(() -> shared.flatMap(all -> all.decision(id)));
    }

    /** Where moves between pools are kept. */
    MoveStore moves() {
        return shared.<MoveStore>map(SharedLedger::moves).orElseGet(ledger::moves);
    }

    /** Where issued keys are kept: by all nodes where there is a place for it, else by this one. */
    KeyStore keys() {
        return shared.<KeyStore>map(SharedLedger::keys).orElseGet(ledger::keys);
    }

    /** Who speaks for nodes that are not there: needed where counters are shared, possible where lines are. */
    Optional<Absentees> absentees(NodeRegistry registry, Supplier<Configuration> configuration, TimeSource time) {
        return counters instanceof RedisStore redis
                ? shared.map(all ->
                        Absentees.start(new Absentees.Places(all.lines(), registry, redis, node), configuration, time))
                : Optional.empty();
    }

    /** Who holds counters that nodes share against this one's ledger. */
    Optional<Reconciliation> reconciliation(
            Supplier<Configuration> configuration, ObjLongConsumer<Limit> corrected, TimeSource time) {
        return counters instanceof RedisStore redis
                ? Optional.of(Reconciliation.start(redis.chargesOf(node), ledger, configuration, corrected, time))
                : Optional.empty();
    }

    /** Where this node and those that share something with it say how they are. */
    NodeRegistry registry() {
        if (shared.isPresent()) {
            return shared.orElseThrow().nodes();
        }
        return counters instanceof RedisStore redis ? redis.nodes() : new LoneNode();
    }

    private static QuotaStore counters(Configuration configuration, String node, TimeSource time) {
        return switch (configuration.quota()) {
            case Configuration.Counters.InMemory _ -> new MemoryStore();
            case Configuration.Counters.InRedis redis -> {
                try {
                    yield RedisStore.open(redis.url(), node, time);
                } catch (StoreUnfit e) {
                    throw new StartException("counters: " + e.getMessage(), e);
                }
            }
        };
    }

    /** The requests that come again: what they are answered is kept where the counters are, and nodes that share these ask each other. */
    Replays replays(Configuration configuration, TimeSource time) {
        AnswerStore answers = counters instanceof RedisStore redis ? redis.answers() : new MemoryAnswers();
        Replays here = Replays.begin(Ids.random(), answers);
        return configuration.quota() instanceof Configuration.Counters.InRedis redis
                ? here.among(RedisNeighbours.start(
                        redis.url(), node, here, time, () -> !awayFor().isZero()))
                : here;
    }

    /** The nodes that share the backends: those that share the counters. */
    Optional<RedisBoard> board(Configuration configuration) {
        return configuration.quota() instanceof Configuration.Counters.InRedis redis
                ? Optional.of(new RedisBoard(redis.url()))
                : Optional.empty();
    }

    /** Where the nodes that share counters tell each other of what they see. */
    Notices notices() {
        return counters instanceof RedisStore redis ? redis.notices(node) : Notices.ALONE;
    }

    /** How many nodes give out of the same counters, as far as this one has seen. */
    int nodes() {
        return counters instanceof RedisStore redis ? redis.nodesSeen() : 1;
    }

    /** Who tells of budgets: of nodes that share counters one alone, or each where it is not known who is there. */
    Courier courier(Supplier<Snapshot> snapshot, BurnRates rates, Consumer<String> outcomes, TimeSource time) {
        boolean shared = counters instanceof RedisStore;
        NodeRegistry registry = registry();
        BooleanSupplier turn = () -> !shared || speaks(registry);
        String place = snapshot.get().configuration().quota() instanceof Configuration.Counters.InRedis redis
                ? redis.place()
                : node;
        BudgetWatch watch =
                new BudgetWatch(new BudgetWatch.Sources(snapshot, quota, rates, turn, place), ledger.alerts());
        Courier.Work work =
                new Courier.Work(() -> snapshot.get().configuration().alerts(), watch, ledger.alerts(), outcomes);
        return new Courier(work, time, Pace.USUAL);
    }

    private boolean speaks(NodeRegistry registry) {
        try {
            return RollCall.of(registry.all()).speaks(node);
        } catch (RuntimeException e) {
            LOG.atDebug().setCause(e).log("it is not known who is there, so this node tells of budgets");
            return true;
        }
    }

    /** For how long the counters could not be asked. */
    Duration awayFor() {
        return counters instanceof RedisStore redis ? redis.awayFor() : Duration.ZERO;
    }

    /** The counters as one event loop asks them. */
    QuotaStore quotaAt(Context loop) {
        return counters instanceof RedisStore ? new LoopStore(quota, loop) : quota;
    }

    /** From now on keeps receipts for as long as the configuration in force says. */
    void keepReceipts(Supplier<Configuration> configuration, TimeSource time) {
        ledger.keepReceipts(
                () -> configuration.get().receipts(), configuration.get().database(), time);
        shared.ifPresent(
                all -> all.keepReceipts(() -> configuration.get().database().flatMap(LedgerDatabase::receipts)));
    }

    /** From now on has the counters made right by this where they were lost. */
    void follow(Runnable recount) {
        if (counters instanceof RedisStore redis) {
            redis.follow(recount);
        }
    }

    /** A name that no other node has or will have. */
    static String newNode() {
        return Ids.hexSecret(NODE_BYTES);
    }

    private static Pseudonyms pseudonyms(DataFolder folder, QuotaStore quota) {
        Agreement agreement = quota instanceof RedisStore redis ? redis.agreement() : Agreement.ALONE;
        try {
            return Pseudonyms.open(folder.secretsOfEndUsers(), () -> Ids.hexSecret(Pseudonyms.SECRET_BYTES), agreement);
        } catch (IOException | UncheckedIOException e) {
            throw new StartException("secrets of end users " + folder.secretsOfEndUsers() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        shared.ifPresent(SharedLedger::close);
        if (counters instanceof RedisStore redis) {
            redis.close();
        }
        ledger.close();
        open.close();
        folder.close();
    }
}
