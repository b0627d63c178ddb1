package io.atlas.wire;

import io.atlas.app.Atlas;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.time.TimeSource;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** Atlas in this process, before one upstream. */
final class Gate implements AutoCloseable {
    static final String KEY = "the-secret-of-the-only-key";
    static final int MAX_BODY_BYTES = 16 << 10;
    static final int MAX_CONNECTIONS = 50;

    private static final String YAML = """
            apiVersion: atlas/v1
            server:
              listen: 127.0.0.1:0
              admin: { listen: "127.0.0.1:0" }
              data: "{data}"
              limits: { body: 16KiB, connections: 50 }
            ledger: { store: sqlite, durability: process }
            backends: { up: { type: openai, url: "{url}" } }
            models: { m: { price: { input: "1 USD", output: "1 USD" }, deployments: [ { backend: up, model: words-2 } ] } }
            tiers: { all: { models: [ "*" ] } }
            tenants: { t: { tier: all, keys: { k: { secret: {key} } }, limits: [ { tokens: 100M, per: day } ] } }
            """;

    private final Atlas atlas;

    Gate(Path data, URI upstream) {
        byte[] yaml = YAML.replace("{data}", data.toString())
                .replace("{url}", upstream.toString())
                .replace("{key}", KEY)
                .getBytes(StandardCharsets.UTF_8);
        Reading reading = ConfigurationReader.read(
                "atlas.yaml", yaml, _ -> Optional.empty(), TimeSource.system().today());
        this.atlas = switch (reading) {
            case Reading.Valid valid -> Atlas.start(valid.configuration());
            case Reading.Invalid invalid ->
                throw new AssertionError(invalid.findings().toString());
        };
    }

    RawClient caller() throws IOException {
        return new RawClient(atlas.port());
    }

    RawClient operator() throws IOException {
        return new RawClient(atlas.adminPort());
    }

    /** The answer to a good request on a connection of its own. */
    RawReply good(String mark) throws IOException {
        try (RawClient caller = caller()) {
            return caller.write(Raw.chat(mark)).reply();
        }
    }

    /** How many lines of the ledger there are, of whatever outcome. */
    String usage() throws IOException {
        try (RawClient operator = operator()) {
            return operator.write("GET /admin/v1/usage?by=tenant HTTP/1.1\r\nhost: a\r\n\r\n")
                    .reply()
                    .body();
        }
    }

    @Override
    public void close() {
        atlas.stop();
    }
}
