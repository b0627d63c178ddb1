package io.atlas.config.yaml;

import io.atlas.config.Endpoint;
import io.atlas.config.ServerSettings;
import io.atlas.config.ServerSettings.WireLimits;
import io.atlas.secret.Secret;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Scalars;
import io.atlas.yaml.Source;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Optional;

/** The section {@code server}. */
final class ServerSection {
    private static final Endpoint LISTEN = new Endpoint("127.0.0.1", 8080);
    private static final Endpoint ADMIN = new Endpoint("127.0.0.1", 8081);
    private static final Path DATA = Path.of("./data");
    private static final String LISTENER = "listen";

    private final Source source;

    ServerSection(Source source) {
        this.source = source;
    }

    /** The settings; the defaults where the file says nothing. */
    ServerSettings read(Fields server) {
        Fields admin = server.fields("admin");
        Fields metrics = server.fields("metrics");
        Optional<Endpoint> listen = endpoint(server).or(() -> absent(server, LISTEN));
        Optional<Endpoint> adminListen = endpoint(admin).or(() -> absent(admin, ADMIN));
        Optional<Endpoint> metricsListen = endpoint(metrics);
        adminListen.ifPresent(endpoint -> refuseRemote(endpoint, admin));
        refuseSame(adminListen, admin, listen, "server.listen");
        refuseSame(metricsListen, metrics, listen, "server.listen");
        refuseSame(metricsListen, metrics, adminListen, "server.admin.listen");
        ServerSettings settings = new ServerSettings(
                listen.orElse(LISTEN),
                adminListen.orElse(ADMIN),
                admin.secret("token", Scalars.visible(1, 256)).map(Secret::new),
                metricsListen,
                server.optional("data", Scalars.FOLDER).orElse(DATA),
                limits(server.fields("limits")));
        admin.finish("tls");
        metrics.finish();
        server.finish("tls");
        return settings;
    }

    private static Optional<Endpoint> endpoint(Fields fields) {
        return fields.optional(LISTENER, Forms.ENDPOINT_TO_LISTEN_ON);
    }

    private static Optional<Endpoint> absent(Fields fields, Endpoint usual) {
        return fields.has(LISTENER) ? Optional.empty() : Optional.of(usual);
    }

    private void refuseRemote(Endpoint endpoint, Fields admin) {
        if (!isLoopback(endpoint.host())) {
            String loopback = "expected: an address of loopback; any other needs TLS, which is not supported yet";
            source.error(admin.mark(LISTENER), "listen: " + endpoint + " (" + loopback + ")");
        }
    }

    static boolean isLoopback(String host) {
        return host.equals("localhost")
                || (host.matches("[0-9.]+|.*:.*") && InetAddress.ofLiteral(host).isLoopbackAddress());
    }

    private void refuseSame(Optional<Endpoint> one, Fields fields, Optional<Endpoint> other, String name) {
        one.filter(endpoint -> endpoint.port() != 0 && other.equals(one))
                .ifPresent(endpoint -> source.error(
                        fields.mark(LISTENER),
                        "listen: " + endpoint + " (expected: another address than " + name + ")"));
    }

    private static WireLimits limits(Fields limits) {
        WireLimits absent = WireLimits.DEFAULT;
        WireLimits read = new WireLimits(
                limits.optional("connections", Scalars.integer("1", "1M")).orElse(absent.connections()),
                limits.optional("body", Scalars.bytes("1KiB", "1GiB")).orElse(absent.bodyBytes()),
                limits.optional("head", Scalars.bytes("1KiB", "1MiB")).orElse(absent.headBytes()));
        limits.finish();
        return read;
    }
}
