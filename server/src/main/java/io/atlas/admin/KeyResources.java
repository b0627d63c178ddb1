package io.atlas.admin;

import io.atlas.answer.Rfc3339;
import io.atlas.config.yaml.Naming;
import io.atlas.keys.KeyRecord;
import io.atlas.keys.KeyRing;
import io.atlas.keys.ListedKey;
import io.atlas.keys.NewKey;
import io.atlas.keys.Outcome;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Names;
import io.atlas.yaml.Scalars;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JsonGenerator;

/** What operators do with keys. Every answer may block, so it is asked for on a worker thread. */
public final class KeyResources {
    private static final Logger LOG = LoggerFactory.getLogger(KeyResources.class);
    private static final int MAX_LISTED = 10_000;
    private static final Duration DEFAULT_OVERLAP = Duration.ofHours(24);
    private static final Duration LONGEST_LIFE = Duration.ofDays(36_500);
    private static final Grammar<Duration> LIFE = Spans.between("1s", LONGEST_LIFE.toDays() + "d");
    private static final Grammar<Duration> OVERLAP = Spans.between("0s", "30d");
    private static final String TENANT = "tenant";
    private static final String TEAM = "team";
    private static final String USER = "user";
    private static final String NAME = "name";
    private static final String EXPIRES_AT = "expires_at";
    private static final String EXPIRES_IN = "expires_in";
    private static final String OVERLAP_FIELD = "overlap";

    private final KeyRing keys;
    private final TimeSource time;

    /** Answers from these keys. */
    public KeyResources(KeyRing keys, TimeSource time) {
        this.keys = keys;
        this.time = time;
    }

    /** {@code POST /admin/v1/keys}. */
    public Answer create(byte[] body) {
        Form form = Form.read(body, Set.of(TENANT, TEAM, USER, NAME, EXPIRES_AT, EXPIRES_IN));
        NewKey wanted = new NewKey(
                form.required(TENANT, Naming.TENANT.fresh()).orElse(""),
                form.optional(TEAM, Naming.TEAM.fresh()),
                form.optional(USER, Naming.USER.fresh()),
                form.optional(NAME, Naming.KEY.fresh()),
                expires(form));
        return form.refusal().orElseGet(() -> answer(keys.create(wanted)));
    }

    /** {@code GET /admin/v1/keys?tenant=T&team=T}: all keys, or those of one tenant or team; at most 10,000. */
    public Answer list(Map<String, String> query) {
        Optional<String> tenant = Optional.ofNullable(query.get(TENANT));
        Optional<String> team = Optional.ofNullable(query.get(TEAM));
        List<ListedKey> all =
                keys.list(place -> (tenant.isEmpty() || place.tenant().equals(tenant.get()))
                        && (team.isEmpty() || place.team().equals(team)));
        return Answer.ok(Answer.json(json -> {
            json.writeStartObject();
            json.writeName("keys");
            json.writeStartArray();
            all.stream().limit(MAX_LISTED).forEach(key -> write(json, key));
            json.writeEndArray();
            json.writeNumberProperty("left_out", Math.max(0, all.size() - MAX_LISTED));
            json.writeEndObject();
        }));
    }

    /** {@code POST /admin/v1/keys/KEY/rotate}, where the key is an id, a path, or a name that only one key has. */
    public Answer rotate(String asked, byte[] body) {
        Form form = Form.read(body, Set.of(OVERLAP_FIELD, EXPIRES_AT, EXPIRES_IN));
        Duration overlap = form.optional(OVERLAP_FIELD, OVERLAP).orElse(DEFAULT_OVERLAP);
        Optional<Instant> expires = expires(form);
        return form.refusal().orElseGet(() -> answer(keys.rotate(asked, overlap, expires)));
    }

    /** {@code DELETE /admin/v1/keys/KEY}. */
    public Answer revoke(String asked) {
        return answer(keys.revoke(asked));
    }

    private Optional<Instant> expires(Form form) {
        Instant now = Instant.EPOCH.plus(time.epochMicros(), ChronoUnit.MICROS);
        Optional<Instant> at = form.optional(EXPIRES_AT, Scalars.MOMENT);
        Optional<Instant> in = form.optional(EXPIRES_IN, LIFE).map(now::plus);
        if (at.isPresent() && in.isPresent()) {
            form.complain(EXPIRES_IN + ": beside " + EXPIRES_AT + " (expected: one of the two)");
        }
        at.filter(moment -> !moment.isAfter(now) || moment.isAfter(now.plus(LONGEST_LIFE)))
                .ifPresent(moment -> form.complain(EXPIRES_AT + ": " + moment + " (expected: a moment to come, within "
                        + LONGEST_LIFE.toDays() + " days)"));
        return at.or(() -> in);
    }

    private Answer answer(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Issued issued -> Answer.created(json(issued));
            case Outcome.Revoked revoked -> Answer.ok(json(revoked.keys()));
            case Outcome.UnknownPlace unknown ->
                Answer.error(
                        422,
                        "unknown_place",
                        unknown.thing() + ": " + unknown.name() + " ("
                                + (unknown.known().isEmpty()
                                        ? "there is none"
                                        : Names.choice(unknown.name(), unknown.known()))
                                + ")");
            case Outcome.UnknownKey _ ->
                Answer.error(404, "not_found", "no key has this id, and none that works has this path or name");
            case Outcome.Conflict conflict ->
                Answer.error(409, conflict.cause().name().toLowerCase(Locale.ROOT), conflict.message());
            case Outcome.NotWritten failed -> {
                LOG.atError().setCause(failed.cause()).log("a change of a key was not written, or is not known to be");
                yield Answer.error(
                        503,
                        "ledger_unavailable",
                        "the database did not say that it took it; the log says why, and the list of keys what is in force");
            }
        };
    }

    private byte[] json(Outcome.Issued issued) {
        return Answer.json(json -> {
            json.writeStartObject();
            fields(json, keys.listed(issued.key()));
            json.writeStringProperty("secret", issued.secret().reveal());
            json.writeName("predecessor");
            issued.predecessor().map(keys::listed).ifPresentOrElse(key -> write(json, key), json::writeNull);
            json.writeEndObject();
        });
    }

    private byte[] json(List<KeyRecord> revoked) {
        return Answer.json(json -> {
            json.writeStartObject();
            json.writeName("keys");
            json.writeStartArray();
            revoked.forEach(key -> write(json, keys.listed(key)));
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** A key as operators see it: never its digest, and its secret only where it was just made. */
    private static void write(JsonGenerator json, ListedKey key) {
        json.writeStartObject();
        fields(json, key);
        json.writeEndObject();
    }

    /** The fields alone, for an object that has more of them. */
    private static void fields(JsonGenerator json, ListedKey key) {
        text(json, "id", key.id());
        json.writeStringProperty("owner", word(key.owner()));
        json.writeStringProperty("path", key.place().path());
        json.writeStringProperty("tenant", key.place().tenant());
        text(json, "team", key.place().team());
        text(json, "user", key.user());
        json.writeStringProperty("name", key.place().key());
        json.writeStringProperty("state", word(key.state()));
        text(json, "created_at", key.created().map(KeyResources::moment));
        text(json, "expires_at", key.expires().map(KeyResources::moment));
        text(json, "revoked_at", key.revoked().map(KeyResources::moment));
        text(json, "replaced_by", key.replacedBy());
    }

    private static void text(JsonGenerator json, String name, Optional<String> text) {
        json.writeName(name);
        text.ifPresentOrElse(json::writeString, json::writeNull);
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private static String moment(Instant instant) {
        return Rfc3339.of(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
    }
}
