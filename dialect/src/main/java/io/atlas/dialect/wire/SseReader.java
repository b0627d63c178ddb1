package io.atlas.dialect.wire;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/**
 * An incremental reader of server-sent events (WHATWG HTML, section 9.2): bytes in as they come, whole events out. Line
 * ends may be LF, CR LF or CR and may be split between reads. Used by one stream only.
 */
public final class SseReader {
    /** What one event, or one line of it, may measure. */
    public static final int MAX_EVENT_BYTES = 1 << 20;

    /** One thing read. */
    public sealed interface Event {
        /** The data of an event, the lines joined by line feeds. */
        record Data(byte[] bytes) implements Event {}

        /** A comment, which carries nothing but says that the other side lives. */
        record Comment() implements Event {}

        /** More bytes without an end than an event may have; nothing after it is read. */
        record TooLarge() implements Event {}
    }

    private static final byte[] DATA = {'d', 'a', 't', 'a'};
    /** The mark that some servers begin with, which is no part of the first line. */
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private byte[] pending = new byte[4_096];
    private int start;
    private int end;
    /** As far as this there is no end of a line; a long line that comes in many reads is looked through once. */
    private int scanned;

    private boolean begun;
    private boolean skipLineFeed;
    private final ByteArrayOutputStream data = new ByteArrayOutputStream(512);
    private boolean hasData;
    private boolean broken;

    /** Takes what one read delivered. */
    public void feed(byte[] bytes) {
        if (broken) {
            return;
        }
        if (pending.length - end < bytes.length) {
            makeRoom(bytes.length);
        }
        System.arraycopy(bytes, 0, pending, end, bytes.length);
        end += bytes.length;
    }

    /** The next whole event, if there is one yet. */
    public Optional<Event> next() {
        while (!broken) {
            int lineEnd = lineEnd();
            if (lineEnd < 0) {
                return end - start > MAX_EVENT_BYTES ? tooLarge() : Optional.empty();
            }
            Optional<Event> event = line(lineStart(lineEnd), lineEnd);
            skipLineFeed = pending[lineEnd] == '\r';
            start = lineEnd + 1;
            if (event.isPresent()) {
                return event;
            }
            if (data.size() > MAX_EVENT_BYTES) {
                return tooLarge();
            }
        }
        return Optional.empty();
    }

    /** The event that a stream ended in without its closing blank line; the standard drops it, servers in the field do not send that line. */
    public Optional<Event> last() {
        if (broken) {
            return Optional.empty();
        }
        if (end > start && line(lineStart(end), end).isPresent() && !hasData) {
            start = end;
            return Optional.of(new Event.Comment());
        }
        start = end;
        return dispatch();
    }

    private int lineStart(int lineEnd) {
        boolean marked = !begun
                && lineEnd - start >= BYTE_ORDER_MARK.length
                && Arrays.equals(
                        pending, start, start + BYTE_ORDER_MARK.length, BYTE_ORDER_MARK, 0, BYTE_ORDER_MARK.length);
        begun = true;
        return marked ? start + BYTE_ORDER_MARK.length : start;
    }

    private Optional<Event> tooLarge() {
        broken = true;
        return Optional.of(new Event.TooLarge());
    }

    private int lineEnd() {
        if (skipLineFeed && start < end) {
            start += pending[start] == '\n' ? 1 : 0;
            skipLineFeed = false;
        }
        for (int i = Math.max(start, scanned); i < end; i++) {
            if (pending[i] == '\n' || pending[i] == '\r') {
                return i;
            }
        }
        scanned = end;
        return -1;
    }

    private Optional<Event> line(int from, int to) {
        if (from == to) {
            return dispatch();
        }
        if (pending[from] == ':') {
            return Optional.of(new Event.Comment());
        }
        if (isData(from, to)) {
            int value = from + DATA.length + (to > from + DATA.length ? 1 : 0);
            value += value < to && pending[value] == ' ' ? 1 : 0;
            if (hasData) {
                data.write('\n');
            }
            data.write(pending, value, to - value);
            hasData = true;
        }
        return Optional.empty();
    }

    private boolean isData(int from, int to) {
        int nameEnd = from + DATA.length;
        return to >= nameEnd
                && Arrays.equals(pending, from, nameEnd, DATA, 0, DATA.length)
                && (to == nameEnd || pending[nameEnd] == ':');
    }

    private Optional<Event> dispatch() {
        if (!hasData) {
            return Optional.empty();
        }
        Event event = new Event.Data(data.toByteArray());
        data.reset();
        hasData = false;
        return Optional.of(event);
    }

    private void makeRoom(int more) {
        int live = end - start;
        byte[] room = live + more > pending.length ? new byte[Math.max(pending.length * 2, live + more)] : pending;
        System.arraycopy(pending, start, room, 0, live);
        pending = room;
        scanned = Math.max(0, scanned - start);
        start = 0;
        end = live;
    }
}
