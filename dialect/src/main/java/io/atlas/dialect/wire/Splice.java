package io.atlas.dialect.wire;

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
        byte[] changed = new byte[changedLength(document.length)];
        int from = 0;
        int to = 0;
        for (Change change : changes) {
            int kept = change.span.start - from;
            System.arraycopy(document, from, changed, to, kept);
            System.arraycopy(change.replacement, 0, changed, to + kept, change.replacement.length);
            to += kept + change.replacement.length;
            from = change.span.end;
        }
        System.arraycopy(document, from, changed, to, document.length - from);
        return changed;
    }

    private int changedLength(int length) {
        for (Change change : changes) {
            length += change.replacement.length - change.span.length();
        }
        return length;
    }
}
