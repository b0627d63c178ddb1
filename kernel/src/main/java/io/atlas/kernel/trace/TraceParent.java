package io.atlas.kernel.trace;

import java.util.HexFormat;
import java.util.Optional;

/**
 * What a caller says of the trace that his request belongs to: the headers of W3C Trace Context. What is not as it must be
 * counts as not said.
 *
 * @see <a href="https://www.w3.org/TR/trace-context/">Trace Context, sections 3.2 and 3.3</a>
 */
public record TraceParent(String traceId, long parentId, Flag flag) {
    private static final int LENGTH = 55;
    private static final String NO_TRACE = "0".repeat(32);
    private static final int MAX_STATE_CHARS = 512;
    private static final int MAX_STATES = 32;
    private static final int MAX_PART_CHARS = 256;

    /** Whether the caller has spans made. */
    public enum Flag {
        SAMPLED,
        NOT_SAMPLED
    }

    /** What {@code traceparent} says. Of a later version than 00 more may follow; version ff there is none. */
    public static Optional<TraceParent> read(String header) {
        if (!complete(header) || !digits(header) || header.startsWith("ff")) {
            return Optional.empty();
        }
        String traceId = header.substring(3, 35);
        long parentId = HexFormat.fromHexDigitsToLong(header, 36, 52);
        int flags = HexFormat.fromHexDigits(header, 53, LENGTH);
        return traceId.equals(NO_TRACE) || parentId == 0
                ? Optional.empty()
                : Optional.of(new TraceParent(traceId, parentId, (flags & 1) == 1 ? Flag.SAMPLED : Flag.NOT_SAMPLED));
    }

    private static boolean complete(String header) {
        return header.length() == LENGTH
                || (header.length() > LENGTH && header.charAt(LENGTH) == '-' && !header.startsWith("00"));
    }

    private static boolean digits(String header) {
        for (int i = 0; i < LENGTH; i++) {
            char c = header.charAt(i);
            boolean dash = i == 2 || i == 35 || i == 52;
            if (dash ? c != '-' : !(isDigit(c) || (c >= 'a' && c <= 'f'))) {
                return false;
            }
        }
        return true;
    }

    /** What {@code tracestate} says, its lines joined by commas; empty where it is wrong or too long to be passed on. */
    public static String state(String header) {
        String[] members = header.length() > MAX_STATE_CHARS ? new String[0] : header.split(",", -1);
        if (members.length > MAX_STATES) {
            return "";
        }
        boolean any = false;
        for (String member : members) {
            String bare = member.strip();
            if (!bare.isEmpty() && !isMember(bare)) {
                return "";
            }
            any |= !bare.isEmpty();
        }
        return any ? header : "";
    }

    private static boolean isMember(String member) {
        int equals = member.indexOf('=');
        int valueChars = member.length() - equals - 1;
        if (equals < 1 || equals > MAX_PART_CHARS || valueChars < 1 || valueChars > MAX_PART_CHARS) {
            return false;
        }
        boolean key = member.chars().limit(equals).allMatch(TraceParent::isOfKey);
        boolean value = member.chars().skip(equals + 1L).allMatch(c -> c >= ' ' && c <= '~' && c != '=');
        return key && value && "_-*/@".indexOf(member.charAt(0)) < 0;
    }

    private static boolean isOfKey(int c) {
        return isDigit(c) || (c >= 'a' && c <= 'z') || "_-*/@".indexOf(c) >= 0;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }
}
