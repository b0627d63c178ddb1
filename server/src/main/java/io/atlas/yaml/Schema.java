package io.atlas.yaml;

import io.atlas.yaml.Grammar.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What may stand at one place of the file, noted while the sections read an outline instead of a file. So the JSON Schema
 * (2020-12) is written by the code that reads, and cannot differ from it in a key, a word or a form.
 */
public final class Schema {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final String SHARED = "limits";
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{");

    private final List<Grammar<?>> scalars = new ArrayList<>(1);
    private final Map<String, Schema> properties = new LinkedHashMap<>();
    private final List<List<String>> required = new ArrayList<>();
    private Optional<Schema> item = Optional.empty();
    private Optional<Schema> thing = Optional.empty();
    private Shape names = new Shape.Text();
    private int leastItems;

    /** A scalar may stand here. */
    public void scalar(Grammar<?> grammar) {
        scalars.add(grammar);
    }

    /** What may stand below that key. */
    public Schema property(String key) {
        return properties.computeIfAbsent(key, _ -> new Schema());
    }

    /** What may stand below any name. */
    public Schema named(Grammar<String> name) {
        names = name.shape();
        thing = thing.or(() -> Optional.of(new Schema()));
        return thing.orElseThrow();
    }

    /** What may stand in the list. */
    public Schema item() {
        item = item.or(() -> Optional.of(new Schema()));
        return item.orElseThrow();
    }

    /** The list has at least one item. */
    public void atLeastOne() {
        leastItems = 1;
    }

    /** Exactly one of these keys is there. */
    public void require(List<String> oneOf) {
        required.add(oneOf);
    }

    /** These keys may not be there yet. */
    public void close(Set<String> notYet) {
        properties.keySet().removeAll(notYet);
    }

    /** The whole of it, as a document of its own. */
    public ObjectNode document(String title) {
        ObjectNode document = JSON.objectNode();
        document.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        document.put("title", title);
        Map<ObjectNode, String> shared = new LinkedHashMap<>();
        document.setAll(json(shared));
        ObjectNode definitions = document.putObject("$defs");
        shared.forEach((node, name) -> definitions.set(name, node));
        return document;
    }

    private ObjectNode json(Map<ObjectNode, String> shared) {
        List<ObjectNode> forms = new ArrayList<>();
        scalars.forEach(grammar -> forms.add(scalarJson(grammar)));
        item.ifPresent(of -> forms.add(list(of, shared)));
        thing.ifPresent(of -> forms.add(things(of, shared)));
        if (!properties.isEmpty()) {
            forms.add(mapping(shared));
        }
        return forms.size() == 1 ? forms.getFirst() : anyOf(forms);
    }

    private ObjectNode list(Schema of, Map<ObjectNode, String> shared) {
        ObjectNode list = JSON.objectNode();
        list.set("type", leastItems == 0 ? JSON.arrayNode().add("array").add("null") : JSON.stringNode("array"));
        if (leastItems > 0) {
            list.put("minItems", leastItems);
        }
        list.set("items", of.json(shared));
        return list;
    }

    private ObjectNode things(Schema of, Map<ObjectNode, String> shared) {
        ObjectNode things = mappingOrNothing();
        if (names instanceof Shape.Form form) {
            things.putObject("propertyNames").put("pattern", whole(form.pattern()));
        }
        things.set("additionalProperties", of.json(shared));
        return things;
    }

    private ObjectNode mapping(Map<ObjectNode, String> shared) {
        ObjectNode mapping = mappingOrNothing();
        ObjectNode keys = mapping.putObject("properties");
        properties.forEach((key, schema) ->
                keys.set(key, key.equals(SHARED) ? reference(schema.json(shared), shared) : schema.json(shared)));
        mapping.putObject("patternProperties").putObject("^x-");
        mapping.put("additionalProperties", false);
        Set<String> always = new TreeSet<>();
        required.stream().filter(one -> one.size() == 1).forEach(always::addAll);
        if (!always.isEmpty()) {
            mapping.put("type", "object");
            ArrayNode names = mapping.putArray("required");
            always.forEach(names::add);
        }
        required.stream().filter(one -> one.size() > 1).findFirst().ifPresent(keysOfOne -> {
            ArrayNode oneOf = mapping.putArray("oneOf");
            keysOfOne.forEach(key -> oneOf.addObject().putArray("required").add(key));
        });
        return mapping;
    }

    private static ObjectNode mappingOrNothing() {
        ObjectNode mapping = JSON.objectNode();
        mapping.putArray("type").add("object").add("null");
        return mapping;
    }

    /** Lists of limits stand in many places and are alike. */
    private static ObjectNode reference(ObjectNode limits, Map<ObjectNode, String> shared) {
        if (!limits.path("items").isObject()) {
            return limits;
        }
        String name = shared.computeIfAbsent(limits, _ -> shared.isEmpty() ? SHARED : SHARED + (shared.size() + 1));
        return JSON.objectNode().put("$ref", "#/$defs/" + name);
    }

    private static ObjectNode scalarJson(Grammar<?> grammar) {
        return shapeJson(grammar.shape()).put("description", grammar.complaint(""));
    }

    private static ObjectNode shapeJson(Shape shape) {
        return switch (shape) {
            case Shape.Text _ -> JSON.objectNode().put("type", "string");
            case Shape.Form form -> form(form.pattern());
            case Shape.Count count -> anyOf(List.of(JSON.objectNode().put("type", "integer"), form(count.pattern())));
            case Shape.Decimal of -> anyOf(List.of(JSON.objectNode().put("type", "number"), form(of.pattern())));
            case Shape.Either either ->
                anyOf(either.shapes().stream().map(Schema::shapeJson).toList());
            case Shape.Words words -> {
                ObjectNode one = JSON.objectNode();
                words.words().forEach(one.putArray("enum")::add);
                yield anyOf(List.of(one, JSON.objectNode().put("type", "string").put("pattern", REFERENCE.pattern())));
            }
        };
    }

    private static ObjectNode form(Pattern pattern) {
        return JSON.objectNode().put("type", "string").put("pattern", whole(pattern) + "|" + REFERENCE.pattern());
    }

    private static String whole(Pattern pattern) {
        return "^(?:" + pattern.pattern() + ")$";
    }

    private static ObjectNode anyOf(List<ObjectNode> forms) {
        ObjectNode any = JSON.objectNode();
        forms.forEach(any.putArray("anyOf")::add);
        return any;
    }
}
