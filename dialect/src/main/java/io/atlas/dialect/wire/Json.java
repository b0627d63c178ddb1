package io.atlas.dialect.wire;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * The two ways in which JSON is read. What callers send is read strictly, because a backend whose parser resolves an
 * ambiguity the other way would serve what was not checked: one key twice, two readings. What backends send is read
 * leniently as far as keys go, and within bounds.
 */
public final class Json {
    /** Levels of nesting. */
    public static final int MAX_DEPTH = 64;
    /** Characters of a key. */
    public static final int MAX_NAME = 256;
    /** Characters of a number. */
    public static final int MAX_NUMBER = 32;
    /** Tokens of a document. */
    public static final int MAX_TOKENS = 200_000;

    private static final int MAX_STRING = 64 << 20;

    private static final VarHandle EIGHT_BYTES =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final long NO_ASCII = 0x8080_8080_8080_8080L;

    private static final JsonFactory STRICT = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNameLength(MAX_NAME)
                    .maxNumberLength(MAX_NUMBER)
                    .maxTokenCount(MAX_TOKENS)
                    .maxStringLength(MAX_STRING)
                    .build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();

    private static final JsonFactory LENIENT = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxStringLength(MAX_STRING)
                    .build())
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();

    private Json() {}

    /** A parser that refuses keys given twice and everything beyond the bounds. */
    public static JsonParser strict(byte[] json) {
        return STRICT.createParser(ObjectReadContext.empty(), json);
    }

    /** A parser for what a backend sent. */
    public static JsonParser lenient(byte[] json) {
        return LENIENT.createParser(ObjectReadContext.empty(), json);
    }

    /** A writer of UTF-8. */
    public static JsonGenerator writer(OutputStream out) {
        return LENIENT.createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8);
    }

    /**
     * Whether the bytes are UTF-8 without a byte order mark and start as an object does. The parser alone would also
     * take UTF-16 and UTF-32, and overlong forms of UTF-8, which others read otherwise.
     */
    public static boolean startsAsObjectInUtf8(byte[] json) {
        int first = 0;
        while (first < json.length
                && (json[first] == ' ' || json[first] == '\t' || json[first] == '\n' || json[first] == '\r')) {
            first++;
        }
        if (first >= json.length - 1 || json[first] != '{' || json[first + 1] == 0) {
            return false;
        }
        return utf8(json);
    }

    private static boolean utf8(byte[] bytes) {
        int ascii = asciiPrefix(bytes);
        if (ascii == bytes.length) {
            return true;
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(bytes, ascii, bytes.length - ascii);
        CharBuffer out = CharBuffer.allocate(Math.min(in.remaining(), 8_192) + 1);
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (result.isError()) {
                return false;
            }
            if (result.isUnderflow()) {
                return true;
            }
            out.clear();
        }
    }

    /** How many bytes there are before the first that is no ASCII; most bodies are nothing else, and are looked at by eights. */
    private static int asciiPrefix(byte[] bytes) {
        int at = 0;
        while (at <= bytes.length - Long.BYTES && ((long) EIGHT_BYTES.get(bytes, at) & NO_ASCII) == 0) {
            at += Long.BYTES;
        }
        while (at < bytes.length && bytes[at] >= 0) {
            at++;
        }
        return at;
    }

    /** Whether the text has a surrogate without its other half, which no UTF-8 can carry on. */
    public static boolean brokenSurrogates(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(c)) {
                return true;
            }
        }
        return false;
    }

    /** The bytes of a text as a JSON string, with its quotes. */
    public static byte[] string(String text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 16);
        try (JsonGenerator json = writer(out)) {
            json.writeString(text);
        }
        return out.toByteArray();
    }
}
