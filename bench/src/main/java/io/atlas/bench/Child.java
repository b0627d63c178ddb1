package io.atlas.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A process that this one started, with all that it started in turn. Closing it ends them all. */
final class Child implements AutoCloseable {
    /** What the kernel counts a process's time in, towards user space: a hundredth of a second, whatever its own tick. */
    private static final long MICROS_PER_TICK = 10_000;

    private static final Pattern BLANK = Pattern.compile(" ");
    private static final int FIELDS_BEFORE_TIMES = 11;
    private static final int TIME_FIELDS = 4;
    private static final Duration TO_START = Duration.ofSeconds(60);
    private static final Duration TO_END = Duration.ofSeconds(5);
    private static final Duration BETWEEN_PROBES = Duration.ofMillis(50);
    private static final int SHOWN_LINES = 20;

    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /** Starts the command; what it writes goes to a file of its name in that folder. */
    static Child start(String name, List<String> command, Map<String, String> environment, Path folder) {
        Path log = folder.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        try {
            return new Child(name, builder.start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " could not be started", e);
        }
    }

    /** Waits until a GET of that address is answered by 200; fails where the process ends or takes too long. */
    Child awaitReady(URI address) throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest probe =
                    HttpRequest.newBuilder(address).timeout(TO_START).build();
            for (long probes = TO_START.dividedBy(BETWEEN_PROBES); probes > 0; probes--) {
                if (answers(http, probe)) {
                    return this;
                }
                if (process.waitFor(BETWEEN_PROBES.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IllegalStateException(name + " ended with " + process.exitValue() + ": " + lastLines());
                }
            }
        }
        close();
        throw new IllegalStateException(name + " did not start within " + TO_START + ": " + lastLines());
    }

    /** The processor time that it and all below it have used. */
    long cpuMicros() {
        return sum(Child::cpuMicros);
    }

    /** Its memory and that of all below it; what several processes share counts once, in shares. */
    long pssBytes() {
        return sum(Child::pssBytes);
    }

    /** The id of the process that was started. */
    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        List<ProcessHandle> tree = tree().toList();
        process.destroy();
        try {
            if (!process.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
                tree.forEach(ProcessHandle::destroyForcibly);
            }
        } catch (InterruptedException e) {
            tree.forEach(ProcessHandle::destroyForcibly);
            Thread.currentThread().interrupt();
        }
    }

    private static boolean answers(HttpClient http, HttpRequest probe) throws InterruptedException {
        try {
            return http.send(probe, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private String lastLines() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join(
                    System.lineSeparator(), lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()));
        } catch (IOException e) {
            return "its output is in " + log + ", which cannot be read: " + e;
        }
    }

    private Stream<ProcessHandle> tree() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    private long sum(ToLongFunction<Path> measure) {
        return tree().map(handle -> Path.of("/proc", Long.toString(handle.pid())))
                .mapToLong(measure)
                .sum();
    }

    /** User and system time of the process and of its children that have ended; {@code proc_pid_stat(5)}, fields 14 to 17. */
    private static long cpuMicros(Path proc) {
        String stat = read(proc.resolve("stat"));
        String afterName = stat.substring(stat.lastIndexOf(')') + 2);
        long ticks = BLANK.splitAsStream(afterName)
                .skip(FIELDS_BEFORE_TIMES)
                .limit(TIME_FIELDS)
                .mapToLong(Long::parseLong)
                .sum();
        return ticks * MICROS_PER_TICK;
    }

    private static long pssBytes(Path proc) {
        return read(proc.resolve("smaps_rollup"))
                .lines()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                .sum();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " cannot be read: a process under measurement has ended", e);
        }
    }
}
