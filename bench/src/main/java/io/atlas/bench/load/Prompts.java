package io.atlas.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.atlas.bench.load.Asking.Text;
import io.atlas.bench.load.Passages.Stretch;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.SplittableRandom;

/**
 * The requests of one connection: chat bodies of which no two are alike. The text is a serial number and a stretch of a
 * long row. Owned by one event loop.
 */
final class Prompts {
    /** The bound of the answer that a request names. */
    static final int MAX_TOKENS = 200;

    private final Passages passages;
    private final Text text;
    private final byte[] head;
    private final byte[] bodyHead;
    private final byte[] bodyTail;
    private final String name;
    private final SplittableRandom random;
    private long serial;

    /** The requests of a connection, told apart from those of all others by its name: one word of letters and digits. */
    Prompts(Passages passages, Target target, Asking asking, String name) {
        this.passages = passages;
        this.text = asking.text();
        this.name = name + "n";
        this.random = new SplittableRandom(name.hashCode());
        this.head = ("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:" + target.port()
                        + "\r\nauthorization: Bearer " + target.key()
                        + "\r\ncontent-type: application/json\r\ncontent-length: ")
                .getBytes(US_ASCII);
        this.bodyHead = ("{\"model\":\"" + asking.model() + "\",\"messages\":[{\"role\":\"user\",\"content\":\"")
                .getBytes(US_ASCII);
        this.bodyTail = switch (asking.shape()) {
            case PLAIN -> ("\"}],\"max_tokens\":" + MAX_TOKENS + "}").getBytes(US_ASCII);
            case STREAM -> ("\"}],\"max_tokens\":" + MAX_TOKENS + ",\"stream\":true}").getBytes(US_ASCII);
        };
    }

    /**
     * A request as it goes out on the wire.
     *
     * @param words in its prompt
     * @param textBytes of its prompt
     */
    record Prompt(ByteBuf bytes, int words, int textBytes) {}

    /** The next request. */
    Prompt next(ByteBufAllocator buffers) {
        byte[] first = (name + serial++ + " ").getBytes(US_ASCII);
        int around = bodyHead.length + bodyTail.length;
        Stretch stretch = switch (text) {
            case Text.Words _ -> passages.some(random);
            case Text.Written written -> passages.ofBytes(written.bodyBytes() - around - first.length, random);
        };
        int textBytes = first.length + stretch.length();
        ByteBuf bytes = buffers.directBuffer(head.length + 16 + around + textBytes);
        bytes.writeBytes(head).writeBytes((around + textBytes + "\r\n\r\n").getBytes(US_ASCII));
        bytes.writeBytes(bodyHead).writeBytes(first);
        stretch.writeTo(bytes);
        bytes.writeBytes(bodyTail);
        return new Prompt(bytes, stretch.words() + 1, textBytes);
    }
}
