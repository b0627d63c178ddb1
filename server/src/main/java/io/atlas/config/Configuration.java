package io.atlas.config;

import io.atlas.alert.Alerts;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.model.Backend;
import io.atlas.model.Model;
import io.atlas.model.Pool;
import io.atlas.secret.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that the operator decides, valid as a whole: every name that it mentions exists.
 *
 * @param version {@code sha256:} and the digest of what it was read from
 * @param quota where the counters are kept
 * @param database where the lines of all nodes are gathered, if they are; each node's own stay on its disk
 * @param receipts for how long the receipts of requests are kept; their lines stay
 * @param telemetry what is told of requests beside their metrics
 * @param limits of the whole gateway
 * @param pools upstream quotas, apart from the deployments that draw on them
 * @param tiers by name
 * @param alerts what the operator wants to be told of budgets
 */
public record Configuration(
        String version,
        ServerSettings server,
        Counters quota,
        Durability durability,
        Optional<LedgerDatabase> database,
        Duration receipts,
        TelemetrySettings telemetry,
        List<LimitSpec> limits,
        Map<String, Backend> backends,
        Map<String, Pool> pools,
        Map<String, Model> models,
        Map<String, TierPlan> tiers,
        Map<String, Tenant> tenants,
        Alerts alerts) {
    /** Where the counters are kept. */
    public sealed interface Counters {
        /** In the memory of the one node. */
        record InMemory() implements Counters {}

        /**
         * In a Redis that all nodes share.
         *
         * @param url where it is; it may hold a password, so it is never shown
         */
        record InRedis(String url) implements Counters {
            /** Where it is, without what only those may know who ask it, and without how they know it. */
            public String place() {
                return url.replaceFirst("//[^@/]*@", "//").replaceFirst("\\?[^#]*", "");
            }

            @Override
            public String toString() {
                return "redis";
            }
        }
    }

    public Configuration {
        limits = List.copyOf(limits);
        backends = Map.copyOf(backends);
        pools = Map.copyOf(pools);
        models = Map.copyOf(models);
        tiers = Map.copyOf(tiers);
        tenants = Map.copyOf(tenants);
    }

    /**
     * A PostgreSQL that gathers the lines of all nodes.
     *
     * @param url by JDBC, without a password
     * @param receipts for how long receipts are kept there, in days of UTC; for as long as their lines where it is not said
     */
    public record LedgerDatabase(
            String url, Optional<String> user, Optional<Secret> password, Optional<Duration> receipts) {}
}
