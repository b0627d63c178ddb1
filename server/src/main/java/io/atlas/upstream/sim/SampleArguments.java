package io.atlas.upstream.sim;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** Arguments that fit a tool's schema in its required properties: of each, the simplest value there is. */
final class SampleArguments {
    private static final int MAX_DEPTH = 8;
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private SampleArguments() {}

    static ObjectNode of(JsonNode schema) {
        return object(schema, MAX_DEPTH);
    }

    private static ObjectNode object(JsonNode schema, int depth) {
        ObjectNode object = Json.object();
        for (JsonNode required : schema.path("required").values()) {
            String name = required.asString("");
            object.set(name, value(schema.path("properties").path(name), depth - 1));
        }
        return object;
    }

    private static JsonNode value(JsonNode schema, int depth) {
        if (schema.has("const")) {
            return schema.path("const");
        }
        if (!schema.path("enum").isEmpty()) {
            return schema.path("enum").path(0);
        }
        return switch (type(schema)) {
            case "integer" -> NODES.numberNode(schema.path("minimum").asInt(1));
            case "number" -> NODES.numberNode(schema.path("minimum").asDouble(1.5));
            case "boolean" -> NODES.booleanNode(true);
            case "array" -> NODES.arrayNode();
            case "object" -> depth > 0 ? object(schema, depth) : Json.object();
            case "null" -> NODES.nullNode();
            default -> NODES.stringNode("sample");
        };
    }

    /** A type may be a list of them, the first of which will do. */
    private static String type(JsonNode schema) {
        JsonNode type = schema.path("type");
        return type.isArray() ? type.path(0).asString("") : type.asString("");
    }
}
