package io.atlas.yaml;

import io.atlas.yaml.Node.Entry;
import io.atlas.yaml.Node.Mark;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.dataformat.yaml.YAMLFactory;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * The way from bytes to a tree of {@link Node}s. It takes one document of plain YAML: no anchor, alias or tag, so that
 * what is written is what is meant and a small file cannot stand for a large one.
 */
public final class YamlTree {
    /** The longest file that is read. */
    public static final int MAX_BYTES = 4 << 20;

    private static final int MAX_DEPTH = 32;
    private static final YAMLFactory FACTORY = YAMLFactory.builder()
            .loadSettings(LoadSettings.builder()
                    .setCodePointLimit(MAX_BYTES + 1)
                    .setAllowDuplicateKeys(true) // reported here, all of them, with both places
                    .build())
            .build();

    private final YAMLParser parser;
    private final Source source;

    private YamlTree(YAMLParser parser, Source source) {
        this.parser = parser;
        this.source = source;
    }

    /** The document, or a broken node where the bytes are no YAML; what is wrong is reported to the source. */
    public static Node read(byte[] yaml, Source source) {
        if (yaml.length > MAX_BYTES) {
            source.error(Mark.START, yaml.length + " bytes (expected: at most 4MiB)");
            return new Node.Broken(Mark.START);
        }
        CharBuffer text = CharBuffer.allocate(yaml.length);
        ByteBuffer bytes = ByteBuffer.wrap(yaml);
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CoderResult result = decoder.decode(bytes, text, true);
        String decoded = text.flip().toString();
        if (result.isError()) {
            source.error(end(decoded), "a byte that is not UTF-8 (expected: a text in UTF-8)");
            return new Node.Broken(Mark.START);
        }
        return read(decoded, source);
    }

    private static Node read(String text, Source source) {
        try (YAMLParser parser = (YAMLParser) FACTORY.createParser(ObjectReadContext.empty(), text)) {
            return new YamlTree(parser, source).document();
        } catch (JacksonException e) {
            reportSyntax(e, text, source);
            return new Node.Broken(Mark.START);
        }
    }

    private Node document() {
        if (parser.nextToken() == null) {
            return new Node.Nothing(Mark.START);
        }
        Node node = value(Mark.START, 0);
        if (parser.nextToken() != null) {
            source.error(mark(), "a second document (expected: one)");
        }
        return node;
    }

    /** Reads the value that begins at the current token; a value of nothing takes the place of its owner. */
    private Node value(Mark owner, int depth) {
        Mark mark = mark();
        if (parser.isCurrentAlias()) {
            source.error(mark, "*" + parser.getString() + ": an alias (expected: the value itself)");
            return new Node.Broken(mark);
        }
        refuseProperties();
        if (depth > MAX_DEPTH) {
            source.error(mark, "nested too deeply (expected: at most " + MAX_DEPTH + " levels)");
            parser.skipChildren();
            return new Node.Broken(mark);
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return mapping(mark, depth);
        }
        if (token == JsonToken.START_ARRAY) {
            return sequence(mark, depth);
        }
        return token == JsonToken.VALUE_NULL ? new Node.Nothing(owner) : new Node.Scalar(mark, parser.getString());
    }

    private Node mapping(Mark mark, int depth) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            refuseProperties();
            Mark place = mark();
            String key = parser.currentName();
            parser.nextToken();
            Entry entry = new Entry(place, key, value(place, depth + 1));
            Entry first = entries.putIfAbsent(key, entry);
            if (first != null) {
                source.error(place, Node.shown(key) + ": twice (first at " + source.at(first.mark()) + ")");
            }
        }
        return new Node.Mapping(mark, entries);
    }

    private Node sequence(Mark mark, int depth) {
        List<Node> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(mark(), depth + 1));
        }
        return new Node.Sequence(mark, items);
    }

    private void refuseProperties() {
        String anchor = parser.getObjectId();
        if (anchor != null) {
            source.error(mark(), "&" + anchor + ": an anchor (expected: the value alone)");
        }
        if (parser.getTypeId() != null) {
            source.error(mark(), "a tag (expected: the value alone)");
        }
    }

    private Mark mark() {
        TokenStreamLocation location = parser.currentTokenLocation();
        return new Mark(location.getLineNr(), location.getColumnNr());
    }

    /** The parser's own exception knows place and problem best; Jackson's text of it has many lines. */
    private static void reportSyntax(JacksonException e, String text, Source source) {
        if (e.getCause() instanceof MarkedYamlEngineException marked
                && marked.getProblemMark().isPresent()) {
            var problem = marked.getProblemMark().orElseThrow();
            source.error(new Mark(problem.getLine() + 1, problem.getColumn() + 1), firstLine(marked.getProblem()));
        } else if (e.getCause() instanceof ReaderException unreadable) {
            Mark mark = end(text.substring(0, text.offsetByCodePoints(0, unreadable.getPosition())));
            source.error(mark, "a control character (expected: a text)");
        } else {
            TokenStreamLocation location = e.getLocation();
            Mark mark = location == null ? Mark.START : new Mark(location.getLineNr(), location.getColumnNr());
            source.error(mark, firstLine(e.getOriginalMessage()));
        }
    }

    private static String firstLine(String problem) {
        return "no valid YAML: " + Node.shown(problem.lines().findFirst().orElse(problem));
    }

    /** The place behind the last character of the text. */
    private static Mark end(String text) {
        int lines = (int) text.chars().filter(c -> c == '\n').count();
        int start = text.lastIndexOf('\n') + 1;
        return new Mark(lines + 1, text.codePointCount(start, text.length()) + 1);
    }
}
