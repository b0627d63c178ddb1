package io.atlas.delivery;

import io.atlas.exchange.Held;
import io.atlas.upstream.Condition;
import java.util.ArrayList;
import java.util.List;

/**
 * A request that is to be served by a deployment of its model.
 *
 * @param tried the deployments that it is not sent to any more
 * @param attempts how often it was sent, or was to be
 * @param failures how many of those failed
 */
public record Trying(Held held, List<Condition> tried, int attempts, int failures) {
    public Trying {
        tried = List.copyOf(tried);
    }

    /** A request that was not sent to anybody yet. */
    public static Trying first(Held held) {
        return new Trying(held, List.of(), 0, 0);
    }

    /** The same after that attempt, which had to do with these deployments. */
    public Trying after(Attempt attempt, List<Condition> concerned) {
        List<Condition> all = new ArrayList<>(tried);
        all.addAll(concerned);
        return new Trying(
                held, all, attempts + 1, failures + (attempt.elsewhere() == Attempt.Elsewhere.AS_A_RETRY ? 1 : 0));
    }

    /** The same, held for another model. */
    public Trying at(Held other) {
        return new Trying(other, tried, attempts, failures);
    }
}
