package io.atlas.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The way to a server by TCP, which fails as networks and servers do. It begins whole; every fault may be made and mended
 * at any time, from any thread, and all connections of the proxy share it.
 */
public final class FaultProxy implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    /** Which way bytes go. */
    public enum Way {
        TO_SERVER,
        TO_CLIENT
    }

    private record Link(Socket client, Socket server) {}

    private volatile InetSocketAddress target;
    private final int port;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Set<Link> links = new HashSet<>();
    private final Map<Way, Long> bytes = new EnumMap<>(Map.of(Way.TO_SERVER, 0L, Way.TO_CLIENT, 0L));
    private final Map<Way, OptionalLong> cutAt =
            new EnumMap<>(Map.of(Way.TO_SERVER, OptionalLong.empty(), Way.TO_CLIENT, OptionalLong.empty()));
    private ServerSocket listener;
    private int connections;
    private Duration latency = Duration.ZERO;
    private boolean frozen;

    private FaultProxy(InetSocketAddress target) throws IOException {
        this.target = target;
        this.listener = listen(0);
        this.port = listener.getLocalPort();
    }

    /** A way to that server, at a free port of this machine. */
    public static FaultProxy to(InetSocketAddress target) {
        try {
            FaultProxy proxy = new FaultProxy(target);
            proxy.accept(proxy.listener);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens, on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Another server has the name now: new connections go there, and those that there are are reset. */
    public void lead(InetSocketAddress to) {
        target = to;
        reset();
    }

    /** The server is gone: every connection is reset, and none can be made. */
    public void refuse() {
        locked(() -> {
            close(listener);
            resetAll();
        });
    }

    /** Every connection is reset; new ones can be made. */
    public void reset() {
        locked(this::resetAll);
    }

    /** Nothing goes through any more and nobody is told: connections stay open, and new ones come to be, and are silent. */
    public void freeze() {
        locked(() -> frozen = true);
    }

    /** What is read from either end goes on only after that time. */
    public void delay(Duration time) {
        locked(() -> latency = time);
    }

    /** Resets every connection as soon as that many more bytes have gone that way; those come through. Once. */
    public void cutAfter(Way way, long more) {
        locked(() -> cutAt.put(way, OptionalLong.of(bytesOf(way) + more)));
    }

    /** Whether a cut that was ordered is still to come. */
    public boolean cutPending(Way way) {
        return asked(() -> cutAt.getOrDefault(way, OptionalLong.empty()).isPresent());
    }

    /** How many connections were made. */
    public int connections() {
        return asked(() -> connections);
    }

    /** How many bytes have gone that way. */
    public long bytes(Way way) {
        return asked(() -> bytesOf(way));
    }

    /** Mends everything. */
    public void heal() {
        locked(() -> {
            latency = Duration.ZERO;
            frozen = false;
            cutAt.replaceAll((_, _) -> OptionalLong.empty());
            if (listener.isClosed()) {
                try {
                    listener = listen(port);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                accept(listener);
            }
        });
    }

    @Override
    public void close() {
        refuse();
    }

    private long bytesOf(Way way) {
        return bytes.getOrDefault(way, 0L);
    }

    private static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return socket;
    }

    private void accept(ServerSocket from) {
        Thread.ofVirtual().name("fault-accept").start(() -> {
            while (!from.isClosed()) {
                try {
                    connect(from.accept());
                } catch (IOException e) {
                    // The listener was closed, or the server is not there: the client's socket is closed in either
                    // case.
                }
            }
        });
    }

    private void connect(Socket client) throws IOException {
        Socket server = new Socket();
        Link link = new Link(client, server);
        try {
            server.connect(target);
        } catch (IOException e) {
            reset(link);
            throw e;
        }
        locked(() -> {
            links.add(link);
            connections++;
        });
        pump(link, client, server, Way.TO_SERVER);
        pump(link, server, client, Way.TO_CLIENT);
    }

    private void pump(Link link, Socket from, Socket to, Way way) {
        Thread.ofVirtual().name("fault-pump").start(() -> {
            byte[] buffer = new byte[BUFFER_BYTES];
            try (InputStream in = from.getInputStream();
                    OutputStream out = to.getOutputStream()) {
                int read = in.read(buffer);
                while (read >= 0) {
                    await();
                    out.write(buffer, 0, passing(way, read));
                    countAndCut(way, read);
                    read = in.read(buffer);
                }
            } catch (IOException | InterruptedException e) {
                // One end is gone, and the other is told below.
            } finally {
                locked(() -> links.remove(link));
                reset(link);
            }
        });
    }

    private void await() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = latency.toNanos();
            while (left > 0) {
                left = changed.awaitNanos(left);
            }
            while (frozen) {
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Of bytes that have come, how many may go on before the cut. */
    private int passing(Way way, int read) {
        return asked(() -> {
            OptionalLong cut = cutAt.getOrDefault(way, OptionalLong.empty());
            return cut.isPresent() ? Math.clamp(cut.getAsLong() - bytesOf(way), 0, read) : read;
        });
    }

    private void countAndCut(Way way, int read) {
        locked(() -> {
            bytes.merge(way, (long) read, Long::sum);
            OptionalLong cut = cutAt.getOrDefault(way, OptionalLong.empty());
            if (cut.isPresent() && bytesOf(way) >= cut.getAsLong()) {
                cutAt.put(way, OptionalLong.empty());
                resetAll();
            }
        });
    }

    private void resetAll() {
        List.copyOf(links).forEach(FaultProxy::reset);
        links.clear();
        changed.signalAll();
    }

    /** Closes both ends with a RST, as a process that was killed, or a middlebox that has forgotten them, does. */
    private static void reset(Link link) {
        for (Socket socket : List.of(link.client, link.server)) {
            try {
                socket.setSoLinger(true, 0);
                socket.close();
            } catch (IOException e) {
                // It is closed already.
            }
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> T asked(Supplier<T> question) {
        lock.lock();
        try {
            return question.get();
        } finally {
            lock.unlock();
        }
    }
}
