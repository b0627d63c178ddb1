package io.atlas.testing;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers of one's own. */
public final class Ports {
    /** Below those that the kernel gives to connections: who listens again after a while finds his port free. */
    private static final int LOWEST = 10_000;

    private static final int COUNT = 10_000;

    /** Servers of a cluster speak to each other at a port that is higher by so much. */
    private static final int BUS = 10_000;

    private static final int TRIES = 1_000;

    private Ports() {}

    /** One of the loopback that nobody uses now, nor that which is higher by 10,000. */
    public static int free() {
        return ThreadLocalRandom.current()
                .ints(TRIES, LOWEST, LOWEST + COUNT)
                .filter(port -> isFree(port) && isFree(port + BUS))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("ports: taken (expected: a free one)"));
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
