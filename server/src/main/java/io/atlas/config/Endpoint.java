package io.atlas.config;

/** An address to listen on. An IPv6 host is written without its brackets. */
public record Endpoint(String host, int port) {
    @Override
    public String toString() {
        return host.contains(":") ? "[" + host + "]:" + port : host + ":" + port;
    }
}
