package io.atlas.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** A server that can be run here: a Redis of some version, or a Valkey. */
public record ServerKind(String name, Path executable) {
    /** Where ./test puts those that it fetches. */
    private static final Path FETCHED = Path.of("target", "redis");

    /** Only who is linked with it has TLS. */
    private static final String OF_TLS = "SSL_CTX_new";

    /** The one that a library brings along, or that is named by {@code -Datlas.redis=}. */
    public static ServerKind usual() {
        String named = System.getProperty("atlas.redis", "");
        return named.isEmpty()
                ? new ServerKind("the library's", Brought.EXECUTABLE)
                : new ServerKind(named, Path.of(named));
    }

    /** All others that ./test has fetched. */
    public static List<ServerKind> others() {
        if (!Files.isDirectory(FETCHED)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(FETCHED)) {
            return files.filter(Files::isExecutable)
                    .sorted()
                    .map(file -> new ServerKind(file.getFileName().toString(), file.toAbsolutePath()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One with TLS, if there is any. */
    public static Optional<ServerKind> withTls() {
        return Stream.concat(others().stream(), machines().stream())
                .filter(kind -> hasTls(kind.executable))
                .findFirst();
    }

    private static Optional<ServerKind> machines() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "redis-server"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(file -> new ServerKind("the machine's", file));
    }

    private static boolean hasTls(Path executable) {
        try {
            return new String(Files.readAllBytes(executable), StandardCharsets.ISO_8859_1).contains(OF_TLS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }

    /** Unpacked once. */
    private static final class Brought {
        private static final Path EXECUTABLE = unpack();

        private static Path unpack() {
            String name = System.getProperty("os.arch", "").equals("aarch64")
                    ? "/redis-server-6.2.7-linux-arm64"
                    : "/redis-server-6.2.6-v5-linux-amd64";
            try (InputStream in = Objects.requireNonNull(ServerKind.class.getResourceAsStream(name), name)) {
                Path file = Files.createTempFile(
                        "redis-server",
                        "",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                file.toFile().deleteOnExit();
                Files.write(file, in.readAllBytes());
                return file;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
