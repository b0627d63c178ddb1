package io.atlas.books;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.config.Configuration;
import io.atlas.config.Durability;
import io.atlas.config.InForce;
import io.atlas.config.Principal;
import io.atlas.config.Snapshot;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.Posting;
import io.atlas.ledger.sqlite.SqliteLedger;
import io.atlas.secret.Digest;
import io.atlas.store.memory.MemoryStore;
import io.atlas.time.TimeSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever limits come, change and go under load: what is used of them is what the ledger holds. */
@Timeout(120)
class BooksTest {
    private static final int CALLERS = 6;
    private static final int CHANGES = 60;

    @TempDir
    private Path folder = Path.of("");

    private final TimeSource time = TimeSource.system();
    private final MemoryStore store = new MemoryStore();
    private SqliteLedger ledger = SqliteLedger.open(Path.of(":memory:"), Durability.PROCESS);
    private Books books = new Books(store, ledger, time);

    @BeforeEach
    void open() {
        ledger.close();
        ledger = SqliteLedger.open(folder.resolve("ledger.db"), Durability.PROCESS);
        books = new Books(store, ledger, time);
    }

    @AfterEach
    void close() {
        ledger.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void usedIsWhatTheLedgerHoldsHoweverLimitsComeAndGoUnderLoad(long seed) throws Exception {
        InForce inForce = inForce(World.random(new Random(seed)));
        AtomicBoolean going = new AtomicBoolean(true);
        try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < CALLERS; i++) {
                Customer customer = new Customer(books, store, inForce, new Random(seed * 100 + i));
                Callable<Integer> work = () -> customer.askWhile(going::get);
                callers.add(threads.submit(work));
            }
            Random random = new Random(seed);
            for (int i = 0; i < CHANGES; i++) {
                inForce.configure(World.random(random));
            }
            going.set(false);
            for (Future<Integer> caller : callers) {
                assertThat(caller.get())
                        .as("requests of a caller, seed %d", seed)
                        .isGreaterThan(20);
            }
        }
        isAsTheLedgerHasIt(inForce.get(), seed);
    }

    @Test
    void whoIsOpenWhenALimitComesIsCountedOnIt() throws Exception {
        InForce inForce = inForce(World.of("requests: 100, per: week", "UTC", "basic"));
        Customer customer = new Customer(books, store, inForce, new Random(1));
        Customer.Open before = customer.begin();
        inForce.configure(World.of("tokens: 1M, per: day", "UTC", "basic"));
        Customer.Open after = customer.begin();
        before.end(10, 5);
        after.end(100, 50);
        assertThat(used(inForce.get(), "acme:tokens/day")).isEqualTo(165);
    }

    @Test
    void aZoneThatChangesCountsAnewInItsOwnWindow() throws Exception {
        InForce inForce = inForce(World.of("tokens: 1M, per: day", "UTC", "basic"));
        Customer customer = new Customer(books, store, inForce, new Random(1));
        customer.begin().end(10, 5);
        Customer.Open before = customer.begin();
        inForce.configure(World.of("tokens: 1M, per: day", "Pacific/Kiritimati", "basic"));
        inForce.configure(World.of("tokens: 1M, per: day", "UTC", "basic"));
        before.end(100, 50);
        assertThat(used(inForce.get(), "acme:tokens/day")).isEqualTo(165);
    }

    @Test
    void aLimitThatWasAwayCountsWhatItMissed() throws Exception {
        InForce inForce = inForce(World.of("tokens: 1M, per: day", "UTC", "basic"));
        Customer customer = new Customer(books, store, inForce, new Random(1));
        customer.begin().end(10, 5);
        inForce.configure(World.of("requests: 100, per: week", "UTC", "basic"));
        customer.begin().end(100, 50);
        inForce.configure(World.of("tokens: 1M, per: day", "UTC", "basic"));
        assertThat(used(inForce.get(), "acme:tokens/day")).isEqualTo(165);
    }

    @Test
    void aModelThatChangesItsClassTakesItsPastAlong() throws Exception {
        InForce inForce = inForce(World.of("tokens: 1M, per: day, class: basic", "UTC", "basic"));
        Customer customer = new Customer(books, store, inForce, new Random(1));
        customer.begin("small").end(10, 5);
        Customer.Open before = customer.begin("small");
        inForce.configure(World.of("tokens: 1M, per: day, class: expert", "UTC", "expert"));
        before.end(100, 50);
        assertThat(used(inForce.get(), "acme:tokens/day#expert")).isEqualTo(165);
    }

    @Test
    void aChangedAmountKeepsWhatIsUsedAndBindsWhoBeganBefore() throws Exception {
        InForce inForce = inForce(World.of("tokens: 1M, per: day", "UTC", "basic"));
        Customer customer = new Customer(books, store, inForce, new Random(1));
        customer.begin().end(600, 400);
        Snapshot before = inForce.get();
        inForce.configure(World.of("tokens: 1000, per: day", "UTC", "basic"));
        assertThat(used(inForce.get(), "acme:tokens/day")).isEqualTo(1_000);
        assertThat(customer.refusedIn(before)).isTrue();
    }

    private InForce inForce(Configuration configuration) {
        InForce inForce = new InForce(configuration, List.of());
        books.enforce(inForce.get());
        inForce.prepare(books::enforce);
        return inForce;
    }

    private long used(Snapshot snapshot, String id) throws Exception {
        Limit limit = snapshot.limits().stream()
                .filter(one -> one.id().equals(id))
                .findFirst()
                .orElseThrow();
        return levels(List.of(limit)).getFirst().used();
    }

    private void isAsTheLedgerHasIt(Snapshot snapshot, long seed) throws Exception {
        List<Limit> limits = calendar(snapshot);
        CountingRules rules = Recount.rules(snapshot.configuration());
        Map<String, Long> held = ledger.postings(limits, rules, time.epochMicros()).all().stream()
                .collect(Collectors.toMap(posting -> posting.limit().id(), Posting::amount));
        List<Level> levels = levels(limits);
        for (int i = 0; i < limits.size(); i++) {
            String id = limits.get(i).id();
            assertThat(levels.get(i).used()).as("seed %d: %s", seed, id).isEqualTo(held.getOrDefault(id, 0L));
            assertThat(levels.get(i).held()).as("seed %d: held of %s", seed, id).isZero();
        }
        assertThat(held).as("seed %d", seed).isNotEmpty();
    }

    private static List<Limit> calendar(Snapshot snapshot) {
        return snapshot.limits().stream()
                .filter(limit -> limit.spec().calendar())
                .toList();
    }

    private List<Level> levels(List<Limit> limits) throws Exception {
        return store.levels(limits, time.epochMicros()).toCompletableFuture().get();
    }

    static Principal principal(Snapshot snapshot, String secret) {
        return snapshot.principal(Digest.of(secret), TimeSource.system().epochMicros())
                .orElseThrow();
    }
}
