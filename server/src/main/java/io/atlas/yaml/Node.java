package io.atlas.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A piece of a YAML document with its place, before anything is known about its meaning. */
public sealed interface Node {
    /** A text as written, references not yet replaced. */
    record Scalar(Mark mark, String text) implements Node {}

    /** Keys and values in the order of the file, every key once. */
    record Mapping(Mark mark, Map<String, Entry> entries) implements Node {
        public Mapping {
            entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
        }
    }

    /** Values in the order of the file. */
    record Sequence(Mark mark, List<Node> items) implements Node {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** A key that is followed by nothing: an empty mapping or list, but no scalar. */
    record Nothing(Mark mark) implements Node {}

    /** Nothing that was written, but what could be: it notes what is asked of it. */
    record Outline(Mark mark, Schema schema) implements Node {}

    /** What has been reported already and must not be reported again. */
    record Broken(Mark mark) implements Node {}

    /** A line and a column, both from 1. */
    record Mark(int line, int column) {
        /** The beginning of the file. */
        public static final Mark START = new Mark(1, 1);
    }

    /** A key of a mapping with its value. */
    record Entry(Mark mark, String key, Node value) {}

    /** Where it begins. */
    Mark mark();

    /** Where the thing of that path stands, keys and indices; or the nearest above it, if it is not written. */
    default Mark mark(List<String> path) {
        Optional<Entry> next = path.isEmpty() ? Optional.empty() : child(path.getFirst());
        return next.map(entry ->
                        path.size() == 1 ? entry.mark : entry.value.mark(path.subList(1, path.size()), entry.mark))
                .orElseGet(this::mark);
    }

    private Mark mark(List<String> path, Mark owner) {
        return child(path.getFirst()).isPresent() ? mark(path) : owner;
    }

    private Optional<Entry> child(String name) {
        return switch (this) {
            case Mapping mapping -> Optional.ofNullable(mapping.entries.get(name));
            case Sequence sequence ->
                Optional.of(Integer.parseInt(name))
                        .filter(index -> index < sequence.items.size())
                        .map(sequence.items::get)
                        .map(item -> new Entry(item.mark(), name, item));
            case Scalar _, Nothing _, Broken _, Outline _ -> Optional.empty();
        };
    }

    /** The node in the words of a message. */
    default String shown() {
        return switch (this) {
            case Scalar scalar -> shown(scalar.text);
            case Mapping _ -> "a mapping";
            case Sequence _ -> "a list";
            case Nothing _, Broken _, Outline _ -> "nothing";
        };
    }

    /** A text of the file as part of a message of one line. */
    static String shown(String text) {
        String line = text.replaceAll("\\p{Cntrl}", " ");
        if (line.isBlank()) {
            return "\"" + line + "\"";
        }
        return line.codePointCount(0, line.length()) <= 80
                ? line
                : line.substring(0, line.offsetByCodePoints(0, 79)) + "…";
    }
}
