package io.atlas.app;

import io.atlas.config.Configuration;
import io.atlas.config.Endpoint;
import io.atlas.config.ServerSettings;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.keys.KeyText;
import io.atlas.observation.Observation;
import io.atlas.observation.Observer;
import io.atlas.observation.PrometheusProcess;
import io.atlas.scenario.Play;
import io.atlas.scenario.Playbill;
import io.atlas.time.TimeSource;
import io.atlas.tokenizer.TokenCounter;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** {@code atlas dev}: the whole product on one machine, with nothing prepared. */
public final class Developing {
    private static final String RESOURCE = "/dev.yaml";
    private static final int UNAVAILABLE = 69;
    private static final List<String> TENANTS = List.of("hobby", "acme", "globex");

    private Developing() {}

    /**
     * What is wanted.
     *
     * @param port for callers; 0 takes a free one
     * @param adminPort of the admin listener; 0 takes a free one
     * @param data the folder that keeps what was used, else a temporary one
     * @param bill what is played, if anything is
     */
    public record Order(int port, int adminPort, Optional<Path> data, Optional<Playbill> bill, Observer observer) {}

    /** Runs it and returns the exit code; {@code out} takes what to try. */
    public static int run(Order order, PrintWriter out) {
        // The simulated models wait for the vocabulary, and nothing before them needs a second core.
        Thread.ofPlatform().daemon().name("atlas-vocabulary").start(TokenCounter::load);
        Path folder = order.data().orElseGet(Developing::temporary);
        Map<String, String> keys = new LinkedHashMap<>();
        TENANTS.forEach(tenant -> keys.put(tenant, KeyText.fresh().reveal()));
        try {
            Atlas atlas = Atlas.start(configuration(keys, order.port(), order.adminPort(), folder));
            new Welcome(atlas.port(), atlas.adminPort(), keys).print(out);
            Optional<Observation> observation = observation(order.observer(), folder, atlas.adminPort());
            observation.ifPresent(told -> told.print(out));
            Optional<Play> play = order.bill()
                    .map(chosen -> Play.begin(
                            chosen, URI.create("http://127.0.0.1:" + atlas.port()), keys, TimeSource.system()));
            return Lifetime.untilAskedToStop(() -> {
                play.ifPresent(Play::close);
                atlas.stop();
                observation.ifPresent(Observation::close);
                if (order.data().isEmpty()) {
                    remove(folder);
                }
            });
        } catch (StartException e) {
            out.println("atlas: " + e.getMessage());
            return UNAVAILABLE;
        }
    }

    private static Optional<Observation> observation(Observer observer, Path folder, int metricsPort) {
        return switch (observer) {
            case NOBODY -> Optional.empty();
            case PROMETHEUS ->
                Optional.of(PrometheusProcess.start(folder.resolve("prometheus"), metricsPort, TimeSource.system()));
        };
    }

    /** The configuration of {@code dev.yaml} with these keys, on these ports. */
    static Configuration configuration(Map<String, String> keys, int port, int adminPort, Path data) {
        LocalDate today = TimeSource.system().today();
        Reading reading =
                ConfigurationReader.read("dev.yaml", bytes(), name -> Optional.ofNullable(keys.get(name)), today);
        Configuration read = switch (reading) {
            case Reading.Valid valid -> valid.configuration();
            case Reading.Invalid invalid ->
                throw new IllegalStateException(invalid.findings().toString());
        };
        ServerSettings server = new ServerSettings(
                new Endpoint("127.0.0.1", port),
                new Endpoint("127.0.0.1", adminPort),
                Optional.empty(),
                Optional.empty(),
                data,
                read.server().limits());
        return new Configuration(
                read.version(),
                server,
                read.quota(),
                read.durability(),
                read.database(),
                read.receipts(),
                read.telemetry(),
                read.limits(),
                read.backends(),
                read.pools(),
                read.models(),
                read.tiers(),
                read.tenants(),
                read.alerts());
    }

    private static byte[] bytes() {
        try (InputStream in = Developing.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + ": not in the jar (expected: packed with it)");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("atlas-dev-");
        } catch (IOException e) {
            throw new StartException("temporary folder: " + e.getMessage(), e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
