package io.atlas.tokenizer;

/**
 * A piece of a text that is counted at once.
 *
 * @param end index of the first character after it
 * @param bytes its length in UTF-8
 */
record Slice(int end, long bytes) {
    /** How far back from its full length a slice may end to end before a word. */
    private static final int REACH = 64;

    /**
     * The slice from {@code start} of at most {@code maxBytes}. It ends between code points, and where there are more
     * to come at the beginning of a word if one is near: there the tokenizer cuts too, so that the count stays exact.
     */
    static Slice of(String text, int start, long maxBytes) {
        int end = start;
        long bytes = 0;
        while (end < text.length()) {
            int point = text.codePointAt(end);
            if (bytes + utf8Bytes(point) > maxBytes) {
                return endingBeforeWord(text, start, new Slice(end, bytes));
            }
            bytes += utf8Bytes(point);
            end += Character.charCount(point);
        }
        return new Slice(end, bytes);
    }

    private static Slice endingBeforeWord(String text, int start, Slice full) {
        long bytes = full.bytes();
        for (int i = full.end(); i > start + 1 && i > full.end() - REACH; ) {
            if (startsWord(text, i)) {
                return new Slice(i, bytes);
            }
            int point = text.codePointBefore(i);
            bytes -= utf8Bytes(point);
            i -= Character.charCount(point);
        }
        return full;
    }

    private static boolean startsWord(String text, int at) {
        return at + 1 < text.length()
                && text.charAt(at) == ' '
                && Character.isLetter(text.charAt(at + 1))
                && Character.isLetter(text.charAt(at - 1));
    }

    /** A surrogate without its other half counts as the three bytes of the replacement character. */
    private static int utf8Bytes(int point) {
        if (point < 0x80) {
            return 1;
        }
        if (point < 0x800) {
            return 2;
        }
        return point < 0x10000 ? 3 : 4;
    }
}
