package io.atlas.operator;

import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Failure;
import io.atlas.terminal.Grid;
import io.atlas.terminal.Grid.Column;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Keys as the commands show them. */
final class KeyRows {
    private static final Pattern SPAN = Pattern.compile("[0-9]+[smhd]");
    private static final List<String> FIELDS = List.of(
            "id",
            "owner",
            "path",
            "tenant",
            "team",
            "user",
            "name",
            "state",
            "created_at",
            "expires_at",
            "revoked_at",
            "replaced_by");

    private KeyRows() {}

    /** Keys, a row for each. */
    static Answer list(JsonNode answer, Surroundings surroundings) {
        JsonNode keys = answer.path("keys");
        return new Answer(answer, table(keys, surroundings), FIELDS, Answer.rows(keys, FIELDS));
    }

    /** A new key: for people and for {@code $(...)} its secret alone. */
    static Answer secret(JsonNode key) {
        List<String> fields = new ArrayList<>(FIELDS);
        fields.add("secret");
        List<JsonNode> row = fields.stream().map(key::path).toList();
        return new Answer(key, Text.of(key.path("secret")) + "\n", fields, List.of(row));
    }

    /** Puts what {@code --expires} says into the fields of a request: a span or a moment. */
    static void expires(String text, Map<String, String> fields) {
        fields.put(SPAN.matcher(text).matches() ? "expires_in" : "expires_at", text);
    }

    /** The part of a path that stands for a key, which must not be its secret: arguments are seen by every process. */
    static String part(String key) {
        if (key.matches("atl_[a-z]_[0-9A-Za-z]{8}_.*")) {
            throw new Failure(
                    ExitCode.USAGE,
                    "KEY: a whole key, which every process can now have seen (expected: its id, up to the third _)");
        }
        return Admin.part(key);
    }

    private static String table(JsonNode keys, Surroundings surroundings) {
        if (keys.isEmpty()) {
            return "no keys\n";
        }
        Grid grid = new Grid(List.of(
                Column.left("ID"),
                Column.left("KEY"),
                Column.left("USER"),
                Column.left("OWNER"),
                Column.left("STATE"),
                Column.left("CREATED"),
                Column.left("EXPIRES")));
        for (JsonNode key : keys.values()) {
            grid.add(List.of(
                    Text.of(key.path("id")),
                    Text.of(key.path("path")),
                    Text.of(key.path("user")),
                    Text.of(key.path("owner")),
                    Text.of(key.path("state")),
                    Text.of(key.path("created_at")),
                    Text.of(key.path("expires_at"))));
        }
        return grid.text(surroundings.ansi());
    }
}
