package io.atlas.testing;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.cluster.ClusterClientOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a server lets itself be asked.
 *
 * @param operators the password of who may do everything; none where it is empty
 * @param user who else there is, with what he may: {@code atlas on >PASSWORD ~atlas:* +@read}; nobody where it is empty
 * @param login what stands before the host in the URL of who is tested
 * @param tls its certificate, where it speaks TLS
 */
public record Access(String operators, String user, String login, Optional<Certificates> tls) {
    /** Anybody may do everything. */
    public static final Access FREE = new Access("", "", "", Optional.empty());

    /** The URL of a server, or of several. */
    public String url(String kind, String place) {
        int fragment = place.indexOf('#');
        String hosts = fragment < 0 ? place : place.substring(0, fragment);
        return (tls.isPresent() ? "rediss" : "redis") + kind + "://" + login + hosts
                + tls.map(certificates -> "?sslrootcert=" + certificates.authority())
                        .orElse("")
                + place.substring(hosts.length());
    }

    /** What a server is started with to be like that. */
    List<String> options(int port) {
        List<String> options =
                new ArrayList<>(List.of(tls.isPresent() ? "--tls-port" : "--port", Integer.toString(port)));
        tls.ifPresent(certificates -> options.addAll(List.of(
                "--port",
                "0",
                "--tls-cert-file",
                certificates.certificate().toString(),
                "--tls-key-file",
                certificates.key().toString(),
                "--tls-ca-cert-file",
                certificates.authority().toString(),
                "--tls-auth-clients",
                "no",
                "--tls-replication",
                "yes")));
        if (!operators.isEmpty()) {
            options.addAll(List.of("--requirepass", operators, "--masterauth", operators));
        }
        if (!user.isEmpty()) {
            options.add("--user");
            options.addAll(List.of(user.split(" ")));
        }
        return options;
    }

    /** A client that an operator asks it by, whatever its name. */
    RedisClient client(int port) {
        RedisURI.Builder uri = RedisURI.Builder.redis("127.0.0.1", port)
                .withSsl(tls.isPresent())
                .withVerifyPeer(SslVerifyMode.CA);
        if (!operators.isEmpty()) {
            uri.withPassword(operators.toCharArray());
        }
        RedisClient client = RedisClient.create(uri.build());
        tls.ifPresent(certificates -> client.setOptions(ClusterClientOptions.builder()
                .sslOptions(SslOptions.builder()
                        .jdkSslProvider()
                        .trustManager(certificates.authority().toFile())
                        .build())
                .build()));
        return client;
    }
}
