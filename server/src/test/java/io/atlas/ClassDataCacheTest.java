package io.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher starts from a class-data cache only where it was made for what is about to start. */
class ClassDataCacheTest {
    private static final List<String> SOURCES =
            List.of("atlas", "build/train", "server/target/atlas.jar", "server/target/built");
    private static final String KEY = "server/target/cache/atlas.aot.key";
    private static final Instant THEN = Instant.parse("2026-11-20T00:00:00Z");

    @TempDir
    private Path root = Path.of("");

    @BeforeEach
    void train() throws Exception {
        for (String source : SOURCES) {
            write(source, "x", THEN);
        }
        write("jdk/release", "JAVA_VERSION=\"25.0.3\"\n", THEN);
        write("server/target/cache/atlas.aot", "x", THEN.plusSeconds(1));
        write(KEY, run("cache_key").out(), THEN.plusSeconds(1));
    }

    @Test
    void aCacheIsUsedWhereNothingChangedSinceItWasMade() throws Exception {
        assertThat(run("is_cached").exitCode()).isZero();
    }

    @Test
    void aCacheIsStaleOnceTheJarOrTheFlagsAreNewer() throws Exception {
        for (String source : SOURCES) {
            write(source, "x", THEN.plusSeconds(2));
            assertThat(run("is_cached").exitCode()).as(source).isNotZero();
            write(source, "x", THEN);
        }
        assertThat(run("is_cached").exitCode()).isZero();
    }

    @Test
    void aCacheOfAnotherJdkIsStaleHoweverOldThatJdkIs() throws Exception {
        write("jdk/release", "JAVA_VERSION=\"25.0.4\"\n", THEN.minusSeconds(1));

        assertThat(run("is_cached").exitCode()).isNotZero();
    }

    @Test
    void aMarkWithoutItsCacheIsNone() throws Exception {
        Files.delete(root.resolve("server/target/cache/atlas.aot"));

        assertThat(run("is_cached").exitCode()).isNotZero();
    }

    @Test
    void whatCouldNotBeMadeIsNotTriedAgainUntilSomethingChanges() throws Exception {
        assertThat(run("is_hopeless").exitCode()).isNotZero();

        write("server/target/cache/atlas.aot.failed", run("cache_key").out(), THEN.plusSeconds(1));
        assertThat(run("is_hopeless").exitCode()).isZero();

        write("server/target/built", "x", THEN.plusSeconds(2));
        assertThat(run("is_hopeless").exitCode()).isNotZero();
    }

    private record Ran(int exitCode, String out) {}

    private Ran run(String function) throws IOException, InterruptedException {
        String script = "root=$1; JAVA_HOME=$1/jdk; . \"$2\"; " + function;
        Process process = new ProcessBuilder(
                        "bash",
                        "-euc",
                        script,
                        "bash",
                        root.toString(),
                        Repository.ROOT.resolve("build/cache.sh").toString())
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), out);
    }

    private void write(String name, String text, Instant changed) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.resolveSibling("."));
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(changed));
    }
}
