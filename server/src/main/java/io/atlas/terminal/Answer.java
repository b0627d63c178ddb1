package io.atlas.terminal;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * What a command found out, for people and for programs.
 *
 * @param json all of it, in the shape of the contract
 * @param text for people, its lines ended
 * @param header names of the fields of its rows
 * @param rows for spreadsheets
 */
public record Answer(JsonNode json, String text, List<String> header, List<List<JsonNode>> rows) {
    private static final String LINE_END = "\r\n";

    /** An answer that is one thing: its rows are its fields by their paths, as in {@code caller.tenant}. */
    public static Answer single(JsonNode json, String text) {
        List<List<JsonNode>> rows = new ArrayList<>();
        flatten("", json, rows);
        return new Answer(json, text, List.of("field", "value"), rows);
    }

    /** The objects' fields of these names as rows. */
    public static List<List<JsonNode>> rows(JsonNode objects, List<String> header) {
        return objects.values().stream()
                .map(object -> header.stream().map(object::path).toList())
                .toList();
    }

    /** The rows as RFC 4180 writes them. */
    public String csv() {
        StringBuilder csv = new StringBuilder(String.join(",", header)).append(LINE_END);
        for (List<JsonNode> row : rows) {
            csv.append(String.join(",", row.stream().map(Answer::cell).toList()))
                    .append(LINE_END);
        }
        return csv.toString();
    }

    private static String cell(JsonNode value) {
        if (value.isNull() || value.isMissingNode()) {
            return "";
        }
        String text = value.isContainer() ? value.toString() : value.asString();
        return quoted(value.isNumber() ? text : harmless(text));
    }

    /** A spreadsheet would compute a text that begins like a formula; an apostrophe keeps it a text. */
    private static String harmless(String text) {
        return text.isEmpty() || "=+-@\t\r".indexOf(text.charAt(0)) < 0 ? text : "'" + text;
    }

    private static String quoted(String text) {
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }

    private static void flatten(String path, JsonNode node, List<List<JsonNode>> rows) {
        if (!node.isContainer()) {
            rows.add(List.of(JsonNodeFactory.instance.stringNode(path), node));
            return;
        }
        String prefix = path.isEmpty() ? "" : path + ".";
        if (node.isObject()) {
            node.properties().forEach(field -> flatten(prefix + field.getKey(), field.getValue(), rows));
            return;
        }
        for (int i = 0; i < node.size(); i++) {
            flatten(prefix + i, node.path(i), rows);
        }
    }
}
