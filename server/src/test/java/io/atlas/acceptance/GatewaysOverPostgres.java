package io.atlas.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.endings.Await;
import io.atlas.fault.FaultProxy;
import io.atlas.ledger.postgresql.Postgres;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways over one database, which can be taken from them; a change at one of them holds at the other within a second. */
abstract class GatewaysOverPostgres {
    private static final String LEDGER =
            "ledger: { store: postgresql, postgresql: { url: \"${url}\", user: postgres } }\n";

    /** What is promised is a second. */
    private static final long PROMISED_MILLIS = 1_000;

    @TempDir
    Path folder;

    FaultProxy proxy;
    RunningAtlas one;
    RunningAtlas other;
    private final String configuration;
    private Postgres postgres;

    GatewaysOverPostgres(String configuration) {
        this.configuration = LEDGER + configuration;
    }

    @BeforeEach
    final void start() throws Exception {
        postgres = Postgres.create();
        proxy = FaultProxy.to(postgres.address());
        one = gateway("one");
        other = gateway("other");
    }

    @AfterEach
    final void stop() {
        one.close();
        other.close();
        proxy.close();
    }

    RunningAtlas gateway(String name) throws Exception {
        return RunningAtlas.start(
                folder.resolve(name),
                configuration,
                Map.of("url", postgres.settingsAt(proxy.port()).url()));
    }

    static void awaitInTime(String what, Callable<Boolean> condition) throws Exception {
        long begun = System.nanoTime();
        Await.until(what, condition);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)).isLessThan(PROMISED_MILLIS);
    }
}
