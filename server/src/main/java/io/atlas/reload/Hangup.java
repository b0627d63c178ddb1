package io.atlas.reload;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code SIGHUP}, by which operators ask a server to read its configuration again. The JDK handles signals only by a class
 * that is not for everyone and not on every platform, so it is looked for; without it the file is still followed.
 */
public final class Hangup {
    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

    private Hangup() {}

    /** Runs the action whenever the signal comes, on a thread of the JDK, instead of ending the process. */
    public static void on(Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler run = (_, method, _) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "equals" -> false;
                case "hashCode" -> 1;
                default -> "SIGHUP";
            };
            Object handling = Proxy.newProxyInstance(Hangup.class.getClassLoader(), new Class<?>[] {handler}, run);
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handling);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.atInfo()
                    .addKeyValue("cause", e.toString())
                    .log("no SIGHUP on this platform, the file alone is followed");
        }
    }
}
