package io.atlas.acceptance;

import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** Two gateways over one Redis, to which the same application comes with what it repeats. */
abstract class TwoGateways extends GatewaysOverRedis {
    static final String KEY = "key-of-an-application";

    private static final String CONFIGURATION = """
            quota: { store: redis, redis: { url: "${redis}" } }
            backends:
              oracle: { type: vllm, url: "${oracle}", concurrency: 1k }
            models:
              echo: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              slow-20-50: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              slow-60-100: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              error-500: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
              words-20000: { price: { input: "2 USD", output: "8 USD" }, deployments: [ { backend: oracle } ] }
            tiers:
              free: { models: [ "*" ] }
            tenants:
              acme: { tier: free, limits: [ { requests: 10k, per: minute } ], keys: { app: { secret: key-of-an-application } } }
            """;

    RunningAtlas one;
    RunningAtlas two;

    TwoGateways() {
        super(CONFIGURATION);
    }

    @BeforeEach
    final void start() {
        one = gateway("one");
        two = gateway("two");
    }

    /** A body that nobody has sent before. */
    static Chat chat(String model) {
        String mark = UUID.randomUUID().toString();
        return Chat.of(model, "one of " + mark).maxTokens(30_000).mark(mark);
    }
}
