package io.atlas.dialect.wire;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Changes of some places of a document that leave every other byte as it is. */
public final class Splice {
    /** A place: from {@code start} to before {@code end}. An empty one is a place to insert at. */
    public record Span(int start, int end) {
        /** The bytes of this place. */
        public byte[] of(byte[] document) {
            return Arrays.copyOfRange(document, start, end);
        }

        /** How many bytes it spans. */
        public int length() {
            return end - start;
        }
    }

    private record Change(Span span, byte[] replacement) {}

    private final List<Change> changes = new ArrayList<>();

    /** Puts the bytes in that place. Places must not overlap; two changes at one point keep their order. */
    public Splice replace(Span span, byte[] replacement) {
        changes.add(new Change(span, replacement));
        return this;
    }

    /** The document with all changes made. */
    public byte[] apply(byte[] document) {
        if (changes.isEmpty()) {
            return document;
        }
        changes.sort(Comparator.comparingInt(change -> change.span.start));
        ByteArrayOutputStream out = new ByteArrayOutputStream(document.length + 128);
        int from = 0;
        for (Change change : changes) {
            out.write(document, from, change.span.start - from);
            out.writeBytes(change.replacement);
            from = change.span.end;
        }
        out.write(document, from, document.length - from);
        return out.toByteArray();
    }
}
