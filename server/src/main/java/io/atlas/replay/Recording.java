package io.atlas.replay;

import io.atlas.dialect.neutral.Fault;
import io.atlas.kernel.receipt.Served;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * An answer while it is given, for those that come with the same request meanwhile. Written by the event loop of its
 * request, read by those of all who joined; what does not fit is given up as a whole.
 */
public final class Recording {
    private final RequestName name;
    private final String bodyHex;
    private final Room room;
    private final Set<Runnable> audience = new LinkedHashSet<>();
    private Buffer said = Buffer.buffer();
    private Optional<Head> head = Optional.empty();
    private Optional<End> end = Optional.empty();
    private boolean lost;
    private boolean joined;
    private boolean contested;
    private volatile boolean led;

    Recording(RequestName name, String bodyHex, Room room) {
        this.name = name;
        this.bodyHex = bodyHex;
        this.room = room;
    }

    /** What is known of an answer when it begins. */
    public record Head(String decision, Served served, Optional<String> maxTokens) {}

    /** How it ended. */
    public sealed interface End {
        /** With a whole answer, and what it is: {@code live} to be passed on, whether or not it can be kept. */
        record Answered(KeptAnswer live) implements End {}

        /** With an answer of which only the last bytes are known here: the rest was passed on, and not kept. */
        record Outgrown() implements End {}

        /** Without one. */
        record Unserved(Fault fault, OptionalLong retryAfterMillis) implements End {}
    }

    /** What there is from some byte on. */
    public record View(Optional<Head> head, Buffer news, boolean lost, Optional<End> end) {}

    /** The name of its request. */
    public RequestName name() {
        return name;
    }

    /** The SHA-256 of its body where the caller named it, else empty. */
    public String bodyHex() {
        return bodyHex;
    }

    /** The answer begins. */
    public void begin(Head known) {
        synchronized (this) {
            head = Optional.of(known);
        }
        tell();
    }

    /** The head of the answer, once it has begun. */
    public synchronized Optional<Head> head() {
        return head;
    }

    /** These bytes of a stream are passed on. */
    public void write(Buffer bytes) {
        synchronized (this) {
            if (lost || end.isPresent()) {
                return;
            }
            boolean fits = said.length() + bytes.length() <= AnswerStore.MAX_ANSWER_BYTES;
            if (fits && room.take(bytes.length())) {
                said.appendBuffer(bytes);
            } else {
                room.giveBack(said.length());
                said = Buffer.buffer();
                lost = true;
            }
        }
        tell();
    }

    /** All of a stream, with its last bytes; absent where not all of it is here. */
    public synchronized Optional<Buffer> whole(Buffer last) {
        return lost ? Optional.empty() : Optional.of(said.copy().appendBuffer(last));
    }

    /** Another first try of the same bytes is on its way: whose retry comes next, nobody knows. */
    synchronized void contest() {
        contested = true;
    }

    /** Whether nobody knows whose retry is whose, so that it is for its own request alone. */
    public synchronized boolean contested() {
        return contested;
    }

    /** A request of this node is sent for it, or will be unless another node was faster. */
    public void lead() {
        led = true;
    }

    /** Another node was faster. */
    public void follow() {
        led = false;
    }

    /** Whether its answer is given by this node, and not by another that was asked for it. */
    public boolean led() {
        return led;
    }

    /** Whether it is over. */
    public synchronized boolean ended() {
        return end.isPresent();
    }

    /** It is over. */
    void finish(End how) {
        synchronized (this) {
            if (end.isEmpty()) {
                end = Optional.of(how);
                room.giveBack(said.length());
            }
        }
        tell();
    }

    /** From now on this is run whenever there is something new, on any thread. */
    public synchronized void join(Runnable listener) {
        audience.add(listener);
        joined = true;
    }

    /** Nothing more is run. */
    public synchronized void leave(Runnable listener) {
        audience.remove(listener);
    }

    /** Whether nobody has joined since this was asked last, and nobody is there. */
    public synchronized boolean deserted() {
        boolean nobody = audience.isEmpty() && !joined;
        joined = false;
        return nobody;
    }

    /** What there is from that byte on. */
    public synchronized View from(int offset) {
        Buffer news = offset < said.length() ? said.getBuffer(offset, said.length()) : Buffer.buffer();
        return new View(head, news, lost, end);
    }

    private void tell() {
        List<Runnable> listeners;
        synchronized (this) {
            if (audience.isEmpty()) {
                return;
            }
            listeners = List.copyOf(audience);
        }
        listeners.forEach(Runnable::run);
    }
}
