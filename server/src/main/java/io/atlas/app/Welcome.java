package io.atlas.app;

import java.io.PrintWriter;
import java.util.Map;

/** What {@code atlas dev} prints once it serves: a command for each tenant that works when it is pasted. */
final class Welcome {
    private static final Map<String, String> TIERS = Map.of("hobby", "free", "acme", "pro", "globex", "enterprise");

    private final int port;
    private final int adminPort;
    private final Map<String, String> keys;

    Welcome(int port, int adminPort, Map<String, String> keys) {
        this.port = port;
        this.adminPort = adminPort;
        this.keys = keys;
    }

    void print(PrintWriter out) {
        out.println();
        out.println("Atlas serves. Paste one of these:");
        keys.forEach((tenant, key) -> {
            String model = tenant.equals("hobby") ? "small" : "large";
            out.println();
            out.printf("# %s, tier %s%n", tenant, TIERS.getOrDefault(tenant, ""));
            out.printf("curl -N http://127.0.0.1:%d/v1/chat/completions \\%n", port);
            out.printf("  -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' \\%n", key);
            out.printf(
                    "  -d '{\"model\":\"%s\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Why is the sky blue?\"}]}'%n",
                    model);
        });
        out.println();
        out.printf("Base URL for any OpenAI client:  http://127.0.0.1:%d/v1%n", port);
        out.printf("Admin and metrics:               http://127.0.0.1:%d/metrics%n", adminPort);
        out.println(
                "Ask it:                          ./atlas usage, ./atlas quota, ./atlas explain ID (x-atlas-decision)"
                        + (adminPort == 8081 ? "" : "  with ATLAS_ADMIN_URL=http://127.0.0.1:" + adminPort));
        out.println("Make another key:                ./atlas keys create --tenant acme --team search");
        out.println("Ctrl-C stops it.");
        out.flush();
    }
}
