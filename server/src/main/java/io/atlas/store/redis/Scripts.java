package io.atlas.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The texts of the scripts, and the digests that the server knows them by. */
final class Scripts {
    /** A script as it is sent. */
    record Text(byte[] bytes, String digest) {}

    private final Map<Script, Text> texts = new EnumMap<>(Script.class);

    private Scripts(UnaryOperator<String> edit) {
        for (Script script : Script.values()) {
            String text = script.files().map(Scripts::read).collect(Collectors.joining());
            byte[] bytes = edit.apply(text).getBytes(StandardCharsets.UTF_8);
            texts.put(script, new Text(bytes, digest(bytes)));
        }
    }

    /** As they are. */
    static Scripts bundled() {
        return new Scripts(UnaryOperator.identity());
    }

    /** With something else in them, to see who notices. */
    static Scripts edited(UnaryOperator<String> edit) {
        return new Scripts(edit);
    }

    Text text(Script script) {
        return Objects.requireNonNull(texts.get(script));
    }

    private static String read(String file) {
        try (InputStream in = Objects.requireNonNull(Scripts.class.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
