package io.atlas.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Where the values come from that a configuration mentions by name: variables, and files that hold one value each. */
@FunctionalInterface
public interface Environment {
    /** The variables and files of this process. */
    Environment SYSTEM = name -> Optional.ofNullable(System.getenv(name));

    /** The longest file that is taken for a value. */
    int MAX_FILE_BYTES = 64 << 10;

    /** The value of a variable; empty where it is not set. */
    Optional<String> variable(String name);

    /** The text of a file in UTF-8; fails where it cannot be read or is longer than {@link #MAX_FILE_BYTES}. */
    default String text(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new IOException("longer than 64KiB");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }
}
