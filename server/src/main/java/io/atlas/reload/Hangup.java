package io.atlas.reload;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code SIGHUP}, by which operators ask a server to read its configuration again. The JDK handles signals only by a class
 * that is not for everyone and not on every platform, so it is looked for; without it the file is still followed.
 */
public final class Hangup {
    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

    private boolean missed;
    private Optional<Runnable> action = Optional.empty();

    private Hangup() {}

    /** From now on the signal does not end the process; one that comes before it is known what to do is not forgotten. */
    public static Hangup expected() {
        Hangup hangup = new Hangup();
        hangup.listen();
        return hangup;
    }

    /** Runs the action whenever the signal comes, on a thread of the JDK, and now if it has come already. */
    public synchronized void run(Runnable next) {
        action = Optional.of(next);
        if (missed) {
            missed = false;
            next.run();
        }
    }

    private synchronized void came() {
        missed = action.isEmpty();
        action.ifPresent(Runnable::run);
    }

    private void listen() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler heard = (_, method, _) -> switch (method.getName()) {
                case "handle" -> {
                    came();
                    yield null;
                }
                case "equals" -> false;
                case "hashCode" -> 1;
                default -> "SIGHUP";
            };
            Object handling = Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[] {handler}, heard);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handling);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.atInfo()
                    .addKeyValue("cause", e.toString())
                    .log("no SIGHUP on this platform, the file alone is followed");
        }
    }
}
