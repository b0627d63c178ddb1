package io.atlas.admin;

import io.atlas.answer.LimitJson;
import io.atlas.answer.Outlooks;
import io.atlas.burn.BurnRates;
import io.atlas.config.Audience;
import io.atlas.config.Principal;
import io.atlas.config.Snapshot;
import io.atlas.enduser.People;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.reload.Standing;
import io.atlas.store.QuotaStore;
import io.atlas.time.TimeSource;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What operators can ask of the limits and the configuration. Every answer may block, so it is asked for on a worker thread. */
public final class Resources {
    private static final int MAX_LIMITS = 10_000;

    private final Supplier<Snapshot> snapshot;
    private final QuotaStore store;
    private final People people;
    private final BurnRates rates;
    private final Supplier<Standing> standing;
    private final TimeSource time;

    /**
     * What answers are made from.
     *
     * @param rates how fast limits are spent
     * @param standing of the configuration's file
     */
    public record Sources(
            Supplier<Snapshot> snapshot,
            QuotaStore store,
            People people,
            BurnRates rates,
            Supplier<Standing> standing) {}

    /** Answers from these. */
    public Resources(Sources sources, TimeSource time) {
        this.snapshot = sources.snapshot;
        this.store = sources.store;
        this.people = sources.people;
        this.rates = sources.rates;
        this.standing = sources.standing;
        this.time = time;
    }

    /** {@code GET /admin/v1/configuration}: which one is in force, and what is wrong with the file if it is another. */
    public Answer configuration() {
        return Answer.ok(StandingJson.of(standing.get()));
    }

    /**
     * {@code GET /admin/v1/quota?tenant=T&key=K&end_user=ID&tier=NAME}: all limits, those of a tenant, those on the path of a key, or
     * those of the person whom the application behind it calls by that id.
     */
    public Answer quota(Map<String, String> query) {
        if (query.containsKey("end_user")) {
            return quotaOfEndUser(query);
        }
        Optional<String> tenant = Optional.ofNullable(query.get("tenant"));
        Optional<String> key = Optional.ofNullable(query.get("key"));
        List<Limit> limits = asked(tenant, key).distinct().limit(MAX_LIMITS).toList();
        if (limits.isEmpty()
                && tenant.isPresent()
                && !snapshot.get().configuration().tenants().containsKey(tenant.get())) {
            return Answer.error(404, "not_found", "no tenant is called " + tenant.get());
        }
        return levels(limits);
    }

    private Answer quotaOfEndUser(Map<String, String> query) {
        String tenant = query.getOrDefault("tenant", "");
        String key = query.getOrDefault("key", "");
        if (tenant.isEmpty() || key.isEmpty()) {
            return Answer.error(400, "invalid_end_user", "end_user: without tenant and key (expected: both)");
        }
        List<Limit> limits = snapshot.get()
                .audiences()
                .filter(audience -> audience.key().tenant().equals(tenant)
                        && audience.key().key().equals(key))
                .flatMap(audience -> limits(audience, query).stream())
                .toList();
        return limits.isEmpty()
                ? Answer.error(404, "not_found", "no key " + key + " of " + tenant + " has end users with limits")
                : levels(limits);
    }

    /** On the tier that is asked for, or on the one that each has. */
    private List<Limit> limits(Audience audience, Map<String, String> query) {
        String name = people.pseudonym(audience, query.getOrDefault("end_user", ""));
        return audience.limits(name, query.getOrDefault("tier", audience.terms().tier()));
    }

    private Answer levels(List<Limit> declared) {
        long now = time.epochMicros();
        List<Limit> limits = store.current(declared, now);
        BiFunction<Limit, Level, LimitJson.Outlook> outlook = Outlooks.by(rates, now);
        List<Level> levels = store.levels(limits, now).toCompletableFuture().join();
        return Answer.ok(Answer.json(json -> {
            json.writeStartObject();
            json.writeStringProperty(
                    "at",
                    Instant.EPOCH
                            .plus(now, ChronoUnit.MICROS)
                            .truncatedTo(ChronoUnit.MILLIS)
                            .toString());
            json.writeName("limits");
            json.writeStartArray();
            for (int i = 0; i < limits.size(); i++) {
                LimitJson.write(json, limits.get(i), levels.get(i), outlook.apply(limits.get(i), levels.get(i)));
            }
            json.writeEndArray();
            json.writeEndObject();
        }));
    }

    private Stream<Limit> asked(Optional<String> tenant, Optional<String> key) {
        if (tenant.isEmpty() && key.isEmpty()) {
            return snapshot.get().limits().stream();
        }
        return snapshot.get()
                .principals()
                .filter(principal ->
                        tenant.isEmpty() || principal.caller().tenant().equals(tenant.get()))
                .filter(principal -> key.isEmpty() || principal.caller().key().equals(key.get()))
                .map(Principal::limits)
                .flatMap(List::stream);
    }
}
