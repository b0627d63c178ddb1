package io.atlas.monitor;

import io.atlas.terminal.Text;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** Which node was asked, among those that share something with it. */
final class AskedNode {
    /** Where the others cannot be counted. */
    static final String ALONE_KNOWN = "the one that is asked; the others cannot be counted now";

    private AskedNode() {}

    /** In words, from the answer of {@code GET /admin/v1/nodes}. */
    static String of(JsonNode answer) {
        List<JsonNode> nodes = answer.path("nodes").valueStream().toList();
        String asked = nodes.stream()
                .filter(node -> node.path("this").asBoolean(false))
                .findFirst()
                .map(node -> Text.of(node.path("node")) + " at " + Text.of(node.path("host")))
                .orElse("the one that is asked");
        long others = nodes.stream()
                .filter(node -> !node.path("this").asBoolean(false))
                .count();
        return others == 0 ? asked + ", the only one" : asked + "; " + others + " more, of which nothing is shown here";
    }
}
