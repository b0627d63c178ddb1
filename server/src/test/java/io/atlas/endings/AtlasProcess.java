package io.atlas.endings;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.cli.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code atlas serve} in a process of its own, to be stopped or killed. */
public final class AtlasProcess implements AutoCloseable {
    private static final Pattern PORTS =
            Pattern.compile("callers at http://[^:]+:(\\d+), operators at http://[^:]+:(\\d+)");

    private final Process process;
    private final Duration startTook;
    private final int port;
    private final Desk desk;

    private AtlasProcess(Process process, Duration startTook, int port, int adminPort) {
        this.process = process;
        this.startTook = startTook;
        this.port = port;
        this.desk = new Desk(port, adminPort);
    }

    /** Starts it with that configuration; returns when it serves. */
    static AtlasProcess start(Path folder, Terms terms) throws Exception {
        return start(folder, terms.text());
    }

    /** Starts it with that text of a configuration; returns when it serves. */
    public static AtlasProcess start(Path folder, String yaml) throws Exception {
        Path file = Files.writeString(folder.resolve("atlas.yaml"), yaml);
        long began = System.nanoTime();
        Path messages = Files.createTempFile(folder, "messages", ".txt");
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Main.class.getName(),
                        "serve",
                        "--config",
                        file.toString()))
                .redirectError(messages.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        Await.until("Atlas serves, or is gone", () -> ports(messages).find() || !process.isAlive());
        Matcher ports = ports(messages);
        assertThat(ports.find()).as(Files.readString(messages)).isTrue();
        return new AtlasProcess(
                process,
                Duration.ofNanos(System.nanoTime() - began),
                Integer.parseInt(ports.group(1)),
                Integer.parseInt(ports.group(2)));
    }

    /** From the start of the process until it served. */
    Duration startTook() {
        return startTook;
    }

    /** Where callers find it, on 127.0.0.1. */
    public int port() {
        return port;
    }

    Desk desk() {
        return desk;
    }

    /** Asks it to stop, and does not wait for it. */
    void beginToStop() {
        process.destroy();
    }

    /** Asks it to read its configuration again, and does not wait for it. */
    void hangUp() throws Exception {
        Process kill = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Its exit code, once it has ended. */
    int exitCode() throws InterruptedException {
        boolean ended = process.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(ended).as("ended").isTrue();
        return process.exitValue();
    }

    /** Ends it where it stands. */
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        desk.close();
        process.destroyForcibly();
    }

    private static Matcher ports(Path messages) throws Exception {
        return PORTS.matcher(Files.readString(messages));
    }
}
