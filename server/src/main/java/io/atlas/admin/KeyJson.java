package io.atlas.admin;

import io.atlas.answer.Rfc3339;
import io.atlas.keys.ListedKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.core.JsonGenerator;

/** A key as answers to operators write it: never its digest, and its secret only where it was just made. */
final class KeyJson {
    private KeyJson() {}

    static void write(JsonGenerator json, ListedKey key) {
        json.writeStartObject();
        fields(json, key);
        json.writeEndObject();
    }

    /** The fields alone, for an object that has more of them. */
    static void fields(JsonGenerator json, ListedKey key) {
        text(json, "id", key.id());
        json.writeStringProperty("owner", word(key.owner()));
        json.writeStringProperty("path", key.place().path());
        json.writeStringProperty("tenant", key.place().tenant());
        text(json, "team", key.place().team());
        text(json, "user", key.user());
        json.writeStringProperty("name", key.place().key());
        json.writeStringProperty("state", word(key.state()));
        text(json, "created_at", key.created().map(KeyJson::moment));
        text(json, "expires_at", key.expires().map(KeyJson::moment));
        text(json, "revoked_at", key.revoked().map(KeyJson::moment));
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
