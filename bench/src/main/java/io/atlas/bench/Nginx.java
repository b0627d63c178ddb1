package io.atlas.bench;

import io.atlas.bench.load.Target;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** nginx as a plain proxy: it keeps connections to the upstream, passes on what it reads at once, and logs nothing. */
final class Nginx {
    private Nginx() {}

    /** Starts it. */
    static Proxy start(String name, Stage stage) throws InterruptedException {
        Path folder = stage.folder(name);
        int port = Stage.freePort();
        Stage.write(folder.resolve("nginx.conf"), configuration(stage.workers(), stage.upstreamPort(), port));
        List<String> command = List.of("nginx", "-p", folder.toString(), "-c", "nginx.conf", "-e", "stderr");
        Child child = Child.start(name, command, Map.of(), folder)
                .awaitReady(URI.create("http://127.0.0.1:" + port + "/v1/models"));
        return new Proxy(name, new Target(port, "none"), Optional.of(child), Optional.empty());
    }

    private static String configuration(int workers, int upstreamPort, int port) {
        return """
            daemon off;
            worker_processes %d;
            pid nginx.pid;
            error_log stderr warn;
            events { worker_connections 4096; }
            http {
              access_log off;
              client_body_temp_path client; proxy_temp_path proxy;
              client_body_buffer_size 64k;
              upstream mock { server 127.0.0.1:%d; keepalive 256; keepalive_requests 1000000000; keepalive_time 1d; }
              server {
                listen 127.0.0.1:%d;
                keepalive_requests 1000000000;
                location / {
                  proxy_pass http://mock;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_buffering off;
                }
              }
            }
            """.formatted(workers, upstreamPort, port);
    }
}
