package io.atlas.yaml;

import io.atlas.yaml.Node.Entry;
import io.atlas.yaml.Node.Mark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The keys of one mapping, handed out by name. What was asked for is what is known: {@link #finish} reports the rest.
 */
public final class Fields {
    private static final String EXTENSION = "x-";

    private final Source source;
    private final Mark mark;
    private final Node node;
    private final Set<String> asked = new TreeSet<>();

    private Fields(Source source, Mark mark, Node node) {
        this.source = source;
        this.mark = mark;
        this.node = node;
    }

    /** The keys of a node; none where it is not a mapping, which is reported. */
    public static Fields of(Source source, String label, Mark mark, Node node) {
        return switch (node) {
            case Node.Mapping _, Node.Nothing _, Node.Broken _, Node.Outline _ -> new Fields(source, mark, node);
            case Node.Scalar _, Node.Sequence _ -> {
                source.error(node.mark(), label + ": " + node.shown() + " (expected: a mapping)");
                yield new Fields(source, mark, new Node.Broken(mark));
            }
        };
    }

    /** Where the mapping is named, or begins if it has no name. */
    public Mark mark() {
        return mark;
    }

    /** Where the key stands, or the mapping if it has none of that name. */
    public Mark mark(String key) {
        return entry(key).map(Entry::mark).orElse(mark);
    }

    /** Whether the key is there, whatever its value. */
    public boolean has(String key) {
        return entry(key).isPresent();
    }

    /** The value of a key that may be left out; empty also where it is wrong. */
    public <T> Optional<T> optional(String key, Grammar<T> grammar) {
        return entry(key).flatMap(entry -> source.read(key, entry.value(), grammar));
    }

    /** The value of a key that must be there; empty only where an error has been reported. */
    public <T> Optional<T> required(String key, Grammar<T> grammar) {
        need(key, grammar.complaint(""));
        return optional(key, grammar);
    }

    /** The value of a key that is a secret: it should not stand in the file, and never stands in a message. */
    public <T> Optional<T> secret(String key, Grammar<T> grammar) {
        entry(key).ifPresent(entry -> {
            if (entry.value() instanceof Node.Scalar scalar && Substitution.tells(scalar.text())) {
                source.warning(scalar.mark(), key + ": written in clear (expected: \"${NAME}\" or \"${file:/path}\")");
            }
        });
        return optional(key, grammar.hidden());
    }

    /** The keys below a key; none where it is absent. */
    public Fields fields(String key) {
        return entry(key)
                .map(entry -> of(source, key, entry.mark(), entry.value()))
                .orElseGet(() -> new Fields(source, mark, new Node.Nothing(mark)));
    }

    /** The things below a key, by their names. */
    public Map<String, Fields> named(String key, Names names) {
        Map<String, Fields> named = new LinkedHashMap<>();
        outline(key).ifPresent(thing -> {
            Node outline = new Node.Outline(mark, thing.named(names.fresh()));
            named.put(names.thing(), of(source, names.thing(), mark, outline));
        });
        for (Entry entry : fields(key).entries().values()) {
            Grammar<String> fresh = names.fresh();
            if (fresh.reading().apply(entry.key()).isEmpty()) {
                String shown = Node.shown(entry.key());
                source.error(entry.mark(), names.thing() + ": " + shown + " (" + fresh.complaint(shown) + ")");
            }
            named.put(entry.key(), of(source, entry.key(), entry.mark(), entry.value()));
        }
        return named;
    }

    /**
     * A scalar below a key, and what it is called there.
     *
     * @param mark where it is called so
     */
    public record Pair<K, V>(Mark mark, K name, V value) {}

    /** The scalars below a key by what they are called; without those of which either is wrong, which is reported. */
    public <K, V> List<Pair<K, V>> pairs(String key, Grammar<K> names, Grammar<V> values) {
        outline(key).ifPresent(below -> below.named(names.map(_ -> "")).scalar(values));
        List<Pair<K, V>> pairs = new ArrayList<>();
        for (Entry entry : fields(key).entries().values()) {
            Optional<K> name = names.read(entry.key());
            if (name.isEmpty()) {
                String shown = Node.shown(entry.key());
                source.error(entry.mark(), key + ": " + shown + " (" + names.complaint(shown) + ")");
            }
            Optional<V> value = source.read(Node.shown(entry.key()), entry.value(), values);
            name.flatMap(known -> value.map(of -> new Pair<>(entry.mark(), known, of)))
                    .ifPresent(pairs::add);
        }
        return pairs;
    }

    /** The items of a list; none where it is absent. */
    public List<Node> items(String key) {
        return entry(key).map(entry -> items(key, entry.value())).orElse(List.of());
    }

    /** The items of a list that must have at least one; none only where an error has been reported. */
    public List<Node> someItems(String key, String complaint) {
        need(key, complaint);
        outline(key).ifPresent(Schema::atLeastOne);
        List<Node> items = items(key);
        entry(key)
                .filter(entry -> isEmptyList(entry.value()))
                .ifPresent(entry -> source.error(entry.mark(), key + ": empty (" + complaint + ")"));
        return items;
    }

    /** Reports a key that must be there and is not. */
    public void need(String key, String complaint) {
        if (node instanceof Node.Outline outline) {
            outline.schema().require(List.of(key));
        } else if (!has(key)) {
            missing(key, complaint);
        }
    }

    /** Says that exactly one of these keys must be there; who reads them reports it. */
    public void needOne(List<String> keys) {
        if (node instanceof Node.Outline outline) {
            outline.schema().require(keys);
        }
    }

    /** Reports that a key is not there. */
    public void missing(String key, String complaint) {
        if (!(node instanceof Node.Broken || node instanceof Node.Outline)) {
            source.error(mark, key + ": missing (" + complaint + ")");
        }
    }

    /** Reports every key that nobody asked for; {@code later} are those that the contract has but this build has not. */
    public void finish(String... later) {
        Set<String> notYet = Set.of(later);
        asked.removeAll(notYet);
        if (node instanceof Node.Outline outline) {
            outline.schema().close(notYet);
        }
        entries().forEach((key, entry) -> {
            if (notYet.contains(key)) {
                source.error(entry.mark(), key + ": not supported yet");
            } else if (!asked.contains(key) && !key.startsWith(EXTENSION)) {
                source.error(entry.mark(), Node.shown(key) + ": unknown key (" + Names.choice(key, asked) + ")");
            }
        });
    }

    private List<Node> items(String key, Node value) {
        return switch (value) {
            case Node.Sequence sequence -> sequence.items();
            case Node.Nothing _, Node.Broken _ -> List.of();
            case Node.Outline outline ->
                List.of(new Node.Outline(outline.mark(), outline.schema().item()));
            case Node.Scalar _, Node.Mapping _ -> {
                source.error(value.mark(), key + ": " + value.shown() + " (expected: a list)");
                yield List.of();
            }
        };
    }

    private static boolean isEmptyList(Node value) {
        return value instanceof Node.Nothing
                || (value instanceof Node.Sequence sequence && sequence.items().isEmpty());
    }

    private Optional<Entry> entry(String key) {
        asked.add(key);
        if (node instanceof Node.Outline outline) {
            return Optional.of(
                    new Entry(mark, key, new Node.Outline(mark, outline.schema().property(key))));
        }
        return Optional.ofNullable(entries().get(key));
    }

    private Optional<Schema> outline(String key) {
        return node instanceof Node.Outline outline
                ? Optional.of(outline.schema().property(key))
                : Optional.empty();
    }

    private Map<String, Entry> entries() {
        return node instanceof Node.Mapping mapping ? mapping.entries() : Map.of();
    }
}
