package io.atlas.config.yaml;

import io.atlas.alert.Alerts;
import io.atlas.config.Configuration;
import io.atlas.config.Configuration.LedgerDatabase;
import io.atlas.config.Durability;
import io.atlas.config.ServerSettings;
import io.atlas.config.TelemetrySettings;
import io.atlas.config.Tenant;
import io.atlas.config.TierPlan;
import io.atlas.config.rule.Downgrades;
import io.atlas.config.rule.Fixed;
import io.atlas.config.rule.Futile;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Scope;
import io.atlas.model.Backend;
import io.atlas.model.Model;
import io.atlas.model.Pool;
import io.atlas.secret.Digest;
import io.atlas.secret.Secret;
import io.atlas.yaml.Environment;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Node;
import io.atlas.yaml.Node.Mark;
import io.atlas.yaml.Scalars;
import io.atlas.yaml.Schema;
import io.atlas.yaml.Source;
import io.atlas.yaml.YamlTree;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The reader of {@code atlas.yaml}. It never stops at the first mistake: a reading has every finding of the file. */
public final class ConfigurationReader {
    private static final String POSTGRESQL = "postgresql";
    private static final Grammar<String> VERSION = Scalars.word(Map.of("atlas/v1", "atlas/v1"));
    private static final String MEMORY = "memory";
    private static final String REDIS = "redis";
    private static final Grammar<String> QUOTA_STORE = Scalars.word(Map.of(MEMORY, MEMORY, REDIS, REDIS));
    private static final Grammar<String> LEDGER_STORE =
            Scalars.word(Map.of("sqlite", "sqlite", POSTGRESQL, POSTGRESQL));
    private static final Grammar<Durability> DURABILITY =
            Scalars.word(Map.of("disk", Durability.DISK, "process", Durability.PROCESS));

    private static final Duration RECEIPTS = Duration.ofDays(30);
    private static final Grammar<Duration> KEPT = Scalars.days("1d", "3650d");

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
        Node tree = YamlTree.read(yaml, source);
        return Reading.of(source, read(source, tree, yaml, today));
    }

    /**
     * Reads a configuration that is to follow a running one: a change of what cannot change while it runs is an error.
     *
     * @see #read(String, byte[], Environment, LocalDate)
     */
    public static Reading read(
            String fileName, byte[] yaml, Environment environment, LocalDate today, Configuration running) {
        Source source = new Source(fileName, environment);
        Node tree = YamlTree.read(yaml, source);
        Configuration next = read(source, tree, yaml, today);
        if (!source.failed()) {
            Fixed.changes(running, next).forEach(remark -> source.error(tree.mark(remark.path()), remark.message()));
        }
        return Reading.of(source, next);
    }

    /** What a configuration may say, as a JSON Schema (2020-12) for editors: the shape of it, not the rules across it. */
    public static String schema() {
        Source source = new Source("atlas.yaml", _ -> Optional.empty());
        Schema schema = new Schema();
        Fields root = Fields.of(source, source.file(), Mark.START, new Node.Outline(Mark.START, schema));
        read(source, root, "sha256:", LocalDate.EPOCH);
        return schema.document("Configuration of the Atlas gateway: atlas.yaml").toPrettyString() + "\n";
    }

    private static Configuration read(Source source, Node tree, byte[] yaml, LocalDate today) {
        Fields root = Fields.of(source, source.file(), Mark.START, tree);
        Configuration read = read(source, root, "sha256:" + Digest.of(yaml).hex(), today);
        warnOfUnusedModels(source, root.fields("models"), read);
        PoolSection.warnOfUnused(source, root.fields("pools"), read);
        if (!source.failed()) {
            warnOfUnusedTiers(source, root.fields("tiers"), read);
            Downgrades.endless(read).forEach(remark -> source.error(tree.mark(remark.path()), remark.message()));
            Downgrades.vain(read).forEach(remark -> source.warning(tree.mark(remark.path()), remark.message()));
            Futile.limits(read).forEach(remark -> source.warning(tree.mark(remark.path()), remark.message()));
        }
        return read;
    }

    private static Configuration read(Source source, Fields root, String version, LocalDate today) {
        root.required("apiVersion", VERSION);
        ServerSettings server = new ServerSection(source).read(root.fields("server"));
        Configuration.Counters quota = quota(source, root.fields("quota"));
        Fields ledger = root.fields("ledger");
        Durability durability = ledger.optional("durability", DURABILITY).orElse(Durability.DISK);
        Duration receipts = ledger.optional("receipts", KEPT).orElse(RECEIPTS);
        Optional<LedgerDatabase> database = database(source, ledger);
        TelemetrySettings telemetry = TelemetrySection.read(root.fields("telemetry"));
        Map<String, Backend> backends = BackendSection.read(root);
        Map<String, Pool> pools = PoolSection.read(source, root);
        Map<String, Model> models = new ModelSection(source, root, backends.keySet(), pools.keySet(), today).read();
        LimitSection limits = new LimitSection(source, root, models.values());
        List<LimitSpec> ofGateway = limits.read(root, Scope.GATEWAY, _ -> true);
        Map<String, TierPlan> tiers = new TierSection(source, models, backends.keySet(), limits).read(root);
        MemberSection members = new MemberSection(source, tiers.keySet(), limits, today);
        Map<String, Tenant> tenants = new TenantSection(
                        source, tiers, new TenantSection.World(models, backends.keySet()), limits, members)
                .read(root);
        Alerts alerts = new AlertSection(source, tenants.keySet()).read(root.fields("alerts"));
        root.finish();
        return new Configuration(
                version,
                server,
                quota,
                durability,
                database,
                receipts,
                telemetry,
                ofGateway,
                backends,
                pools,
                models,
                tiers,
                tenants,
                alerts);
    }

    private static Configuration.Counters quota(Source source, Fields quota) {
        boolean redis = quota.optional("store", QUOTA_STORE).equals(Optional.of(REDIS));
        Fields there = quota.fields(REDIS);
        Optional<String> url = there.optional("url", Forms.REDIS_URL);
        there.finish();
        quota.finish();
        url.flatMap(Forms::unusableRoots).ifPresent(why -> source.error(there.mark("url"), "url: " + why));
        if (redis && !there.has("url")) {
            source.error(
                    quota.mark("store"), "store: redis (expected: redis: { url: \"redis://HOST:PORT\" } beside it)");
        }
        return redis ? new Configuration.Counters.InRedis(url.orElse("")) : new Configuration.Counters.InMemory();
    }

    private static Optional<LedgerDatabase> database(Source source, Fields ledger) {
        Optional<String> store = ledger.optional("store", LEDGER_STORE);
        Fields section = ledger.fields(POSTGRESQL);
        boolean gathered = store.equals(Optional.of(POSTGRESQL));
        Optional<String> url = gathered
                ? section.required("url", Forms.POSTGRESQL_URL)
                : section.optional("url", Forms.POSTGRESQL_URL);
        Optional<String> user = section.optional("user", Scalars.visible(1, 63));
        Optional<Secret> password =
                section.secret("password", Scalars.visible(1, 1_024)).map(Secret::new);
        Optional<Duration> receipts = section.optional("receipts", KEPT);
        section.finish();
        ledger.finish();
        if (ledger.has(POSTGRESQL) && !gathered) {
            source.warning(ledger.mark(POSTGRESQL), POSTGRESQL + ": unused (expected: store: postgresql)");
        }
        return gathered ? url.map(address -> new LedgerDatabase(address, user, password, receipts)) : Optional.empty();
    }

    private static void warnOfUnusedModels(Source source, Fields models, Configuration read) {
        for (Model model : read.models().values()) {
            boolean used = read.tiers().values().stream()
                    .anyMatch(plan -> plan.tier().mayUse(model.name(), model.modelClass()));
            if (!used) {
                source.warning(models.mark(model.name()), model.name() + ": unused (expected: a tier that may use it)");
            }
        }
    }

    /** A file without tenants is not finished, so nothing is said of its tiers. */
    private static void warnOfUnusedTiers(Source source, Fields tiers, Configuration read) {
        Set<String> used = read.tenants().values().stream().map(Tenant::tier).collect(Collectors.toSet());
        read.tiers().keySet().stream()
                .filter(tier -> !used.isEmpty() && !used.contains(tier))
                .forEach(tier -> source.warning(tiers.mark(tier), tier + ": unused (expected: a tenant on it)"));
    }
}
