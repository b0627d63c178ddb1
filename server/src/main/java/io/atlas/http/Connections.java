package io.atlas.http;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The open connections of a listener: no more than it may have, and no more than a share from one address. Addresses of
 * this machine and of private networks have no share: a load balancer brings everybody's connections from there. May be
 * used by any thread.
 */
public final class Connections {
    private static final int MAX_PER_ADDRESS = 200;

    private final int max;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<InetAddress, Integer> byAddress = new ConcurrentHashMap<>();

    /** At most so many. */
    public Connections(int max) {
        this.max = max;
    }

    /** Counts one more from that address; false where that is too many. Counted either way, until it is closed. */
    boolean opened(InetAddress address) {
        boolean free = open.incrementAndGet() <= max;
        return (!shares(address) || byAddress.merge(address, 1, Integer::sum) <= MAX_PER_ADDRESS) && free;
    }

    /** One from that address is closed. */
    void closed(InetAddress address) {
        open.decrementAndGet();
        if (shares(address)) {
            byAddress.computeIfPresent(address, (_, count) -> count > 1 ? count - 1 : null);
        }
    }

    private static boolean shares(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isSiteLocalAddress()
                && !address.isLinkLocalAddress()
                && !uniqueLocal(address.getAddress());
    }

    /** The private addresses of IPv6, fc00::/7. */
    private static boolean uniqueLocal(byte[] address) {
        return address.length == 16 && (address[0] & 0xfe) == 0xfc;
    }
}
