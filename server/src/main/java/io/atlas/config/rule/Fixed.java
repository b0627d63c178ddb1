package io.atlas.config.rule;

import io.atlas.config.Configuration;
import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.config.ServerSettings;
import io.atlas.config.TelemetrySettings.TraceSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a running gateway cannot change: its sockets, its files, and how it writes them. */
public final class Fixed {
    private final List<Remark> remarks = new ArrayList<>();

    private Fixed() {}

    /** The changes from the running configuration to the next one that need a restart. */
    public static List<Remark> changes(Configuration running, Configuration next) {
        Fixed fixed = new Fixed();
        ServerSettings is = running.server();
        ServerSettings would = next.server();
        fixed.compare("server.listen", is.listen(), would.listen());
        fixed.compare("server.admin.listen", is.admin(), would.admin());
        fixed.compare("server.admin.token", is.adminToken(), would.adminToken());
        fixed.compare("server.metrics.listen", is.metrics(), would.metrics());
        fixed.compare("server.data", is.data(), would.data());
        fixed.compare(
                "server.limits.connections",
                is.limits().connections(),
                would.limits().connections());
        fixed.compare(
                "server.limits.head", is.limits().headBytes(), would.limits().headBytes());
        fixed.compare("quota.store", running.quota(), next.quota());
        fixed.compare("ledger.durability", running.durability(), next.durability());
        fixed.compare("ledger.store", store(running), store(next));
        fixed.compare(
                "telemetry.accessLog",
                running.telemetry().accessLines(),
                next.telemetry().accessLines());
        fixed.traces(running.telemetry().traces(), next.telemetry().traces());
        if (running.database().isPresent() && next.database().isPresent()) {
            LedgerDatabase from = running.database().get();
            LedgerDatabase to = next.database().get();
            fixed.compare("ledger.postgresql.url", from.url(), to.url());
            fixed.compare("ledger.postgresql.user", from.user(), to.user());
            fixed.compare("ledger.postgresql.password", from.password(), to.password());
        }
        return List.copyOf(fixed.remarks);
    }

    private void traces(Optional<TraceSettings> is, Optional<TraceSettings> would) {
        compare("telemetry.traces.endpoint", is.map(TraceSettings::endpoint), would.map(TraceSettings::endpoint));
        if (is.isPresent() && would.isPresent()) {
            compare(
                    "telemetry.traces.sample",
                    is.get().samplePerMille() / 10.0 + "%",
                    would.get().samplePerMille() / 10.0 + "%");
            compare("telemetry.traces.headers", is.get().headers(), would.get().headers());
        }
    }

    private static String store(Configuration configuration) {
        return configuration.database().isPresent() ? "postgresql" : "sqlite";
    }

    private void compare(String path, Object is, Object would) {
        if (!is.equals(would)) {
            remarks.add(new Remark(
                    List.of(path.split("\\.")), path + ": changed (expected: " + shown(is) + ", or a restart)"));
        }
    }

    private static String shown(Object value) {
        return switch (value) {
            case Optional<?> maybe -> maybe.map(Fixed::shown).orElse("none, as it runs");
            case Enum<?> word -> word.name().toLowerCase(Locale.ROOT) + ", as it runs";
            default -> value + ", as it runs";
        };
    }
}
