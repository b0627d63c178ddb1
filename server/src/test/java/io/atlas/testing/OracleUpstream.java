package io.atlas.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A model server that keeps its own account of what it was asked and what it gave, for tests to hold against the
 * gateway's. What it does follows from the name of the model, as {@link Behaviour} reads it.
 *
 * <p>It speaks HTTP/1.1 over plain sockets, one virtual thread to read each connection and one to answer: so it sees a
 * client leave at once, even while it says nothing itself, and can break a connection off by a reset.
 */
public final class OracleUpstream implements AutoCloseable {
    private static final int BACKLOG = 4_096;

    private final ServerSocket listener;
    private final Map<String, RawAnswer> raw;
    private final Journal journal = new Journal();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();

    private OracleUpstream(ServerSocket listener, Map<String, RawAnswer> raw) {
        this.listener = listener;
        this.raw = Map.copyOf(raw);
    }

    /** An upstream that listens on a free port of the loopback. */
    public static OracleUpstream start() {
        return start(Map.of());
    }

    /** An upstream that gives these answers, whatever is asked, under the names of models. */
    public static OracleUpstream start(Map<String, RawAnswer> raw) {
        try {
            ServerSocket listener = new ServerSocket();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            OracleUpstream upstream = new OracleUpstream(listener, raw);
            Thread.ofVirtual().name("oracle-accept").start(upstream::accept);
            return upstream;
        } catch (IOException unusable) {
            throw new UncheckedIOException(unusable);
        }
    }

    /** Where it listens, without a path. */
    public URI uri() {
        return URI.create("http://127.0.0.1:" + listener.getLocalPort());
    }

    /** Everything it was ever asked. */
    public Journal journal() {
        return journal;
    }

    /** Stops listening and breaks off every connection. */
    @Override
    public void close() {
        closeQuietly(listener);
        open.forEach(OracleUpstream::closeQuietly);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                open.add(socket);
                Thread.ofVirtual().name("oracle-connection").start(() -> serve(socket));
            } catch (IOException _) {
                // Closed while it waited: the loop ends by its condition.
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            new Connection(socket, journal, raw).serve();
        } catch (IOException _) {
            // The client is gone; what it missed stands in the journal.
        } finally {
            open.remove(socket);
        }
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception _) {
            // Gone already, which is all that was wanted.
        }
    }
}
