package io.atlas.app;

import io.atlas.nodes.Sign;
import io.atlas.reload.Standing;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** This node, as it says of itself to others. */
final class Self implements Supplier<Sign> {
    private final String node;
    private final String host;
    private final String version;
    private final long startedMicros;
    private final Supplier<Standing> standing;
    private final LongSupplier lagRecords;

    /**
     * The node of that name.
     *
     * @param port where callers find it
     */
    Self(String node, int port, long startedMicros, Supplier<Standing> standing, LongSupplier lagRecords) {
        this.node = node;
        this.host = hostName() + ":" + port;
        this.version = Optional.ofNullable(Atlas.class.getPackage().getImplementationVersion())
                .orElse("built from source");
        this.startedMicros = startedMicros;
        this.standing = standing;
        this.lagRecords = lagRecords;
    }

    @Override
    public Sign get() {
        Standing now = standing.get();
        return new Sign(node, host, version, now.version(), now.sinceMicros(), startedMicros, lagRecords.getAsLong());
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException _) {
            return "unknown";
        }
    }
}
