package io.atlas.config.yaml;

import io.atlas.config.Backend;
import io.atlas.config.Configuration;
import io.atlas.config.Digest;
import io.atlas.config.Durability;
import io.atlas.config.Model;
import io.atlas.config.ServerSettings;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.config.yaml.Node.Mark;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Scope;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;

/** The reader of {@code atlas.yaml}. It never stops at the first mistake: a reading has every finding of the file. */
public final class ConfigurationReader {
    private static final Grammar<String> VERSION = Scalars.word(Map.of("atlas/v1", "atlas/v1"));
    private static final Grammar<String> QUOTA_STORE = Scalars.word(Map.of("memory", "memory"), "redis");
    private static final Grammar<String> LEDGER_STORE = Scalars.word(Map.of("sqlite", "sqlite"), "postgresql");
    private static final Grammar<Durability> DURABILITY =
            Scalars.word(Map.of("disk", Durability.DISK, "process", Durability.PROCESS));

    private ConfigurationReader() {}

    /**
     * Reads a configuration.
     *
     * @param fileName how findings call it
     * @param yaml its bytes, at most 4 MiB
     * @param environment what its references stand for
     * @param today the day from which its prices hold
     */
    public static Reading read(String fileName, byte[] yaml, Environment environment, LocalDate today) {
        Source source = new Source(fileName, environment);
        Fields root = Fields.of(source, fileName, Mark.START, YamlTree.read(yaml, source));
        root.required("apiVersion", VERSION);
        ServerSettings server = new ServerSection(source).read(root.fields("server"));
        readQuota(root.fields("quota"));
        Durability durability = durability(root.fields("ledger"));
        Map<String, Backend> backends = BackendSection.read(root);
        Map<String, Model> models = new ModelSection(source, backends.keySet(), today).read(root);
        LimitSection limits = new LimitSection(source, models.values());
        List<LimitSpec> ofGateway = limits.read(root, Scope.GATEWAY, _ -> true);
        Map<String, TierPlan> tiers = new TierSection(source, models, limits).read(root);
        MemberSection members = new MemberSection(source, tiers.keySet(), limits, today);
        Map<String, Tenant> tenants = new TenantSection(tiers, models, limits, members).read(root);
        root.finish("pools", "credits");
        warnOfUnused(source, root, models, tiers);
        String version = "sha256:" + Digest.of(yaml).hex();
        return source.outcome(
                new Configuration(version, server, durability, ofGateway, backends, models, tiers, tenants));
    }

    private static void readQuota(Fields quota) {
        quota.optional("store", QUOTA_STORE);
        quota.finish("redis");
    }

    private static Durability durability(Fields ledger) {
        ledger.optional("store", LEDGER_STORE);
        Durability durability = ledger.optional("durability", DURABILITY).orElse(Durability.DISK);
        ledger.finish("postgresql");
        return durability;
    }

    private static void warnOfUnused(
            Source source, Fields root, Map<String, Model> models, Map<String, TierPlan> tiers) {
        for (Model model : models.values()) {
            boolean used =
                    tiers.values().stream().anyMatch(plan -> plan.tier().mayUse(model.name(), model.modelClass()));
            if (!used) {
                source.warning(
                        root.fields("models").mark(model.name()),
                        model.name() + ": unused (expected: a tier that may use it)");
            }
        }
    }
}
