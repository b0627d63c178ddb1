package io.atlas.nodes;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The registry of a node that shares nothing. */
public final class LoneNode implements NodeRegistry {
    private volatile Optional<Sign> last = Optional.empty();

    @Override
    public String place() {
        return "node";
    }

    @Override
    public void say(Sign sign) {
        last = Optional.of(sign);
    }

    @Override
    public void leave(String node) {
        last = Optional.empty();
    }

    @Override
    public List<SeenNode> all() {
        return last.stream().map(sign -> new SeenNode(sign, Duration.ZERO)).toList();
    }
}
