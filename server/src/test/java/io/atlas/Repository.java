package io.atlas;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The checkout that the tests run in. */
final class Repository {
    static final Path ROOT = root();

    /** Folders that hold what was made, not what was written. */
    private static final Set<String> MADE = Set.of("target", "node_modules", "data");

    private Repository() {}

    /** The written files whose names end so, in order. */
    static List<Path> files(String ending) {
        try (Stream<Path> tree = Files.walk(ROOT)) {
            return tree.filter(path -> path.toString().endsWith(ending))
                    .filter(Repository::written)
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The whole text of a file. */
    static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The path as the repository names it. */
    static String name(Path path) {
        return ROOT.relativize(path).toString().replace('\\', '/');
    }

    private static boolean written(Path path) {
        for (Path part : ROOT.relativize(path)) {
            if (MADE.contains(part.toString()) || part.toString().startsWith(".")) {
                return false;
            }
        }
        return true;
    }

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        for (Path at = here; at.getNameCount() > 0; at = at.resolve("..").normalize()) {
            if (Files.exists(at.resolve("ARCHITECTURE.md"))) {
                return at;
            }
        }
        throw new IllegalStateException("ARCHITECTURE.md: not found (expected: in " + here + " or above)");
    }
}
