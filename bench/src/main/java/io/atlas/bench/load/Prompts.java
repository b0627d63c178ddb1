package io.atlas.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.util.SplittableRandom;

/**
 * The requests of one connection: chat bodies of 1.5 to 2.5 KB of which no two are alike. The text is a serial number
 * and a stretch of a long row of made-up words, so that a new one costs a copy and no more. Owned by one event loop.
 */
final class Prompts {
    private static final int WORDS = 60_000;
    private static final int LEAST_WORDS = 235;
    private static final int MOST_WORDS = 350;

    private final Row row;
    private final byte[] head;
    private final byte[] bodyTail;
    private final String name;
    private final SplittableRandom random;
    private long serial;

    /** The requests of a connection, told apart from those of all others by its name: one word of letters and digits. */
    Prompts(Row row, Target target, Shape shape, String name) {
        this.row = row;
        this.name = name;
        this.random = new SplittableRandom(name.hashCode());
        this.head = ("POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:" + target.port()
                        + "\r\nauthorization: Bearer " + target.key()
                        + "\r\ncontent-type: application/json\r\ncontent-length: ")
                .getBytes(US_ASCII);
        this.bodyTail = switch (shape) {
            case PLAIN -> "\"}],\"max_tokens\":200}".getBytes(US_ASCII);
            case STREAM -> "\"}],\"max_tokens\":200,\"stream\":true}".getBytes(US_ASCII);
        };
    }

    /** A request as it goes out on the wire, and the number of words in its prompt. */
    record Prompt(ByteBuf bytes, int words) {}

    /** The next request. */
    Prompt next(ByteBufAllocator buffers) {
        int count = random.nextInt(LEAST_WORDS, MOST_WORDS + 1);
        int first = random.nextInt(WORDS - count);
        byte[] bodyHead = ("{\"model\":\"bench\",\"messages\":[{\"role\":\"user\",\"content\":\"" + name + "n"
                        + serial++ + " ")
                .getBytes(US_ASCII);
        int length = row.starts[first + count] - row.starts[first];
        int bodyLength = bodyHead.length + length + bodyTail.length;
        ByteBuf bytes = buffers.directBuffer(head.length + 16 + bodyLength);
        bytes.writeBytes(head).writeBytes((bodyLength + "\r\n\r\n").getBytes(US_ASCII));
        bytes.writeBytes(bodyHead)
                .writeBytes(row.text, row.starts[first], length)
                .writeBytes(bodyTail);
        return new Prompt(bytes, count + 1);
    }

    /** A long row of words of two to nine letters, and where each begins. Never changed. */
    static final class Row {
        private final byte[] text;
        private final int[] starts = new int[WORDS + 1];

        /** The row of that seed. */
        Row(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (int word = 0; word < WORDS; word++) {
                starts[word] = out.size();
                int letters = random.nextInt(2, 10);
                for (int letter = 0; letter < letters; letter++) {
                    out.write('a' + random.nextInt(26));
                }
                out.write(' ');
            }
            starts[WORDS] = out.size();
            text = out.toByteArray();
        }
    }
}
