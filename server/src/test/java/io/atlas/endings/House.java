package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.app.Atlas;
import io.atlas.app.Drain;
import io.atlas.exchange.Deadlines;
import io.atlas.ledger.open.OpenTable;
import io.atlas.testing.OracleUpstream;
import io.atlas.yaml.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Atlas in this process, with a tenant for each test. */
final class House implements AutoCloseable {
    private static final int CUSTOMERS = 160;
    private static final String LIMITS =
            "[ { tokens: 100k, per: day }, { cost: \"100 USD\", per: month }, { requests: 100, per: hour }, { concurrent: 16 } ]";

    private final Path data;
    private final Atlas atlas;
    private final Desk desk;
    private final AtomicInteger customers = new AtomicInteger();

    private House(Terms terms, Deadlines deadlines) {
        this.data = terms.data();
        this.atlas = Atlas.start(terms.configuration(), deadlines, Environment.SYSTEM);
        this.desk = new Desk(atlas.port(), atlas.adminPort());
    }

    /** A house with these backends and models. */
    static House open(Path data, List<String> backends, List<String> models) {
        List<String> tenants = new ArrayList<>();
        for (int i = 0; i < CUSTOMERS; i++) {
            tenants.add(tenant("t" + i, LIMITS));
        }
        return of(new Terms(data, backends, models, tenants));
    }

    /** A house with these tenants. */
    static House of(Terms terms) {
        return of(terms, Deadlines.USUAL);
    }

    /** A house with these tenants, and with that patience. */
    static House of(Terms terms, Deadlines deadlines) {
        return new House(terms, deadlines);
    }

    /** The line of a tenant with one key, whose secret follows from its name. */
    static String tenant(String name, String limits) {
        return name + ": { tier: all, zone: " + Terms.noon() + ", limits: " + limits + ", keys: { k: { secret: "
                + secret(name) + " } } }";
    }

    /** The line of an upstream as a backend of that type, which is never spared: each request is to find out by itself. */
    static String backend(String name, String type, OracleUpstream oracle, String more) {
        return name + ": { type: " + type + ", url: \"" + oracle.uri() + "\", health: { failures: 1M, rest: 0ms }"
                + more + " }";
    }

    /** All these behaviours at all these backends. */
    static List<String> models(List<String> backends, List<String> behaviours) {
        return backends.stream()
                .flatMap(backend -> behaviours.stream().map(behaviour -> backend + "/" + behaviour))
                .toList();
    }

    /** A tenant that nobody else uses. */
    Customer newCustomer() {
        return customer("t" + customers.getAndIncrement());
    }

    Customer customer(String tenant) {
        return new Customer(desk, atlas.port(), tenant, secret(tenant));
    }

    Desk desk() {
        return desk;
    }

    /** Stops Atlas, and looks into what it leaves behind. */
    @Override
    public void close() {
        close(Drain.AT_ONCE);
    }

    /** Stops Atlas in that way, and looks into what it leaves behind. */
    void close(Drain drain) {
        desk.close();
        atlas.stop(drain);
        try (OpenTable open = OpenTable.open(data.resolve("open-requests"), 1)) {
            assertThat(open.survivors())
                    .extracting(survivor -> survivor.request().id())
                    .isEmpty();
            assertThat(open.tornSlots()).isZero();
        }
    }

    /** The secret of a tenant's key. */
    static String secret(String tenant) {
        return "the-secret-of-" + tenant + "-0123";
    }
}
