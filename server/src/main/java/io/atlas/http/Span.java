package io.atlas.http;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A part of a head, without a copy of it. */
record Span(byte[] bytes, int from, int to) {
    int length() {
        return to - from;
    }

    byte at(int index) {
        return bytes[from + index];
    }

    /** The index of the first such octet at or after {@code start}; the length where there is none. */
    int indexOf(char octet, int start) {
        int index = start;
        while (index < length() && at(index) != octet) {
            index++;
        }
        return index;
    }

    Span part(int start, int end) {
        return new Span(bytes, from + start, from + end);
    }

    /** Without the blanks and tabs around it. */
    Span stripped() {
        int start = from;
        int end = to;
        while (start < end && blank(bytes[start])) {
            start++;
        }
        while (start < end && blank(bytes[end - 1])) {
            end--;
        }
        return new Span(bytes, start, end);
    }

    boolean startsWith(String text) {
        return length() >= text.length() && part(0, text.length()).is(text);
    }

    boolean is(String text) {
        return is(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Whether it is this text in lower case, or the same in upper case. */
    boolean isIgnoringCase(String lowerCase) {
        if (length() != lowerCase.length()) {
            return false;
        }
        for (int i = 0; i < length(); i++) {
            if (lower(at(i)) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    boolean sameIgnoringCase(Span other) {
        if (length() != other.length()) {
            return false;
        }
        for (int i = 0; i < length(); i++) {
            if (lower(at(i)) != lower(other.at(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is an unsigned number of at most so many decimal digits. */
    boolean isNumber(int maxDigits) {
        if (length() == 0 || length() > maxDigits) {
            return false;
        }
        for (int i = 0; i < length(); i++) {
            if (!Octets.digit(at(i))) {
                return false;
            }
        }
        return true;
    }

    /** The number that it is. */
    long number() {
        long number = 0;
        for (int i = 0; i < length(); i++) {
            number = number * 10 + at(i) - '0';
        }
        return number;
    }

    private boolean is(byte[] text) {
        return Arrays.equals(bytes, from, to, text, 0, text.length);
    }

    private static boolean blank(byte octet) {
        return octet == ' ' || octet == '\t';
    }

    private static int lower(byte octet) {
        return octet >= 'A' && octet <= 'Z' ? octet + ('a' - 'A') : octet;
    }
}
