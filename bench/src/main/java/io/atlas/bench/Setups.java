package io.atlas.bench;

import io.atlas.bench.Atlas.Ports;
import java.util.List;

/** The configurations that Atlas is measured with. Keys are written out in them: they open nothing but a bench. */
final class Setups {
    /** The key of who is never refused. */
    static final String KEY = "bench-key-of-this-run";

    /** The key of the library gone wrong. */
    static final String STORMY_KEY = "bench-key-of-the-storm";

    /** The keys of tenants who ask for more than there is, each by the name of its tenant. */
    static final List<String> CROWD = List.of(
            "bench-tenant-of-many-a", "bench-tenant-of-many-b", "bench-tenant-of-many-c", "bench-tenant-of-many-d");

    private Setups() {}

    /**
     * Five limits on every request, a few hundred times what a machine can ask for, so that nothing is refused and nothing
     * counted.
     */
    static String wide(Ports ports) {
        return wide(ports, 1_000);
    }

    /** The same, and every request is told to the collector on that port, and to the access log. */
    static String observed(Ports ports, int collector) {
        return wide(ports)
                + "telemetry: { traces: { endpoint: \"http://127.0.0.1:%d\", sample: 100%% }, accessLog: json }\n"
                        .formatted(collector);
    }

    /** The same for many streams at once. */
    static String crowded(Ports ports) {
        return wide(ports, 50_000);
    }

    private static String wide(Ports ports, int atOnce) {
        return server(ports, atOnce) + """
                limits: [ { requests: 1G, per: minute } ]
                models:
                  bench:
                    context: 128k
                    maxOutput: 8k
                    price: { input: "1.00 USD", output: "2.00 USD" }
                    deployments: [ { backend: mock, model: bench } ]
                    limits: [ { tokens: 100G, per: minute } ]
                  paced:
                    context: 128k
                    maxOutput: 8k
                    price: { input: "1.00 USD", output: "2.00 USD" }
                    deployments: [ { backend: mock, model: paced } ]
                    limits: [ { tokens: 100G, per: minute } ]
                tenants:
                  acme:
                    tier: bench
                    limits: [ { cost: "5000000 USD", per: month } ]
                    teams:
                      search:
                        limits: [ { tokens: 1000G, per: day } ]
                        keys:
                          load: { secret: "%s", limits: [ { concurrent: 100k } ] }
                """.formatted(KEY);
    }

    /** The wide limits, and beside them a tenant whose model is on a backend of its own that never answers. */
    static String stormy(Ports ports) {
        return wide(ports)
                        .replace(
                                "backends:\n",
                                "backends:\n  broken: { type: openai, url: \"http://127.0.0.1:" + ports.upstream()
                                        + "\", concurrency: 1000 }\n")
                        .replace("models:\n  bench:", """
                models:
                  broken:
                    context: 128k
                    maxOutput: 8k
                    price: { input: "1.00 USD", output: "2.00 USD" }
                    deployments: [ { backend: broken, model: broken } ]
                  bench:""")
                + """
              stormy:
                tier: bench
                limits: [ { tokens: 100G, per: minute } ]
                keys:
                  load: { secret: "%s" }
            """.formatted(STORMY_KEY);
    }

    /** A tenant with wide limits, and for each of those sizes one whose budget is less than a body of the size has bytes. */
    static String nearlySpent(Ports ports, List<Integer> bodyBytes) {
        StringBuilder yaml = new StringBuilder(server(ports, 1_000));
        yaml.append("""
                limits: [ { requests: 1G, per: minute } ]
                models:
                  bench:
                    context: 1M
                    maxOutput: 8k
                    price: { input: "1.00 USD", output: "2.00 USD" }
                    deployments: [ { backend: mock, model: bench } ]
                  paced:
                    context: 1M
                    maxOutput: 8k
                    price: { input: "1.00 USD", output: "2.00 USD" }
                    deployments: [ { backend: mock, model: paced } ]
                tenants:
                """);
        yaml.append(tenant("wide", "100G", KEY));
        bodyBytes.forEach(bytes -> yaml.append(tenant("near-" + bytes, Integer.toString(bytes), nearKey(bytes))));
        return yaml.toString();
    }

    /** The key of the tenant that has fewer tokens a minute than such a body has bytes. */
    static String nearKey(int bodyBytes) {
        return KEY + "-near-" + bodyBytes;
    }

    private static String tenant(String name, String tokensPerMinute, String key) {
        return """
              %s:
                tier: bench
                limits: [ { tokens: %s, per: minute } ]
                keys:
                  load: { secret: "%s", limits: [ { concurrent: 10k } ] }
            """.formatted(name, tokensPerMinute, key);
    }

    /** As many tenants as ask, all alike, before a simulated model server that serves so many at once. */
    static String overloaded(Ports ports, int places) {
        StringBuilder yaml = new StringBuilder(server(
                ports,
                ("sim: { type: sim, ttft: 150ms, tokensPerSecond: 60, slots: %1$d, concurrency: %1$d,"
                                + " queue: 100, queueTimeout: 30s }")
                        .formatted(places)));
        yaml.append("""
                models:
                  small:
                    price: { input: "1.00 USD", output: "2.00 USD" }
                    deployments: [ { backend: sim } ]
                tenants:
                """);
        CROWD.forEach(key -> yaml.append(tenant(key, "100G", key)));
        return yaml.toString();
    }

    private static String server(Ports ports, int concurrency) {
        return server(
                ports,
                "mock: { type: openai, url: \"http://127.0.0.1:%d\", concurrency: %d }"
                        .formatted(ports.upstream(), concurrency));
    }

    private static String server(Ports ports, String backend) {
        return """
            apiVersion: atlas/v1
            server:
              listen: 127.0.0.1:%d
              admin: { listen: "127.0.0.1:%d", token: "${ATLAS_ADMIN_TOKEN}" }
              data: ./data
              limits: { connections: 50k }
            ledger: { store: sqlite, durability: disk }
            backends:
              %s
            tiers:
              bench: { models: [ "*" ] }
            """.formatted(ports.data(), ports.admin(), backend);
    }
}
