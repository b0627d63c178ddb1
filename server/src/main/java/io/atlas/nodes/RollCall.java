package io.atlas.nodes;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Who is there, and who is odd. The configuration that most live nodes have is taken for the one that is wanted; of two
 * that as many have, the one that came into force last.
 *
 * @param nodes in the order of their names
 * @param wanted that configuration; none where nobody is there
 */
public record RollCall(List<Present> nodes, Optional<String> wanted) {
    /** Three signs of life that did not come. */
    static final Duration SILENT = Duration.ofSeconds(15);

    public RollCall {
        nodes = List.copyOf(nodes);
    }

    /** Whether a node is there. */
    public enum State {
        LIVE,
        /** It has said nothing for a while, and did not say that it stops: it is dead, cut off, or stands still. */
        SILENT
    }

    /**
     * A node of the call.
     *
     * @param differs whether it is live with another configuration than the one that is wanted
     */
    public record Present(SeenNode seen, State state, boolean differs) {}

    private record Votes(long nodes, long sinceMicros) {
        Votes plus(Votes other) {
            return new Votes(nodes + other.nodes, Math.max(sinceMicros, other.sinceMicros));
        }
    }

    /** Of these nodes. */
    public static RollCall of(List<SeenNode> all) {
        Map<String, Votes> votes = new HashMap<>();
        all.stream()
                .filter(node -> state(node) == State.LIVE)
                .map(SeenNode::sign)
                .forEach(sign ->
                        votes.merge(sign.configuration(), new Votes(1, sign.configurationSinceMicros()), Votes::plus));
        Optional<String> wanted = votes.entrySet().stream()
                .max(Map.Entry.comparingByValue(
                        Comparator.comparingLong(Votes::nodes).thenComparingLong(Votes::sinceMicros)))
                .map(Map.Entry::getKey);
        List<Present> nodes = all.stream()
                .map(node -> new Present(
                        node,
                        state(node),
                        state(node) == State.LIVE
                                && !wanted.equals(Optional.of(node.sign().configuration()))))
                .toList();
        return new RollCall(nodes, wanted);
    }

    /** Whether all that are there have one configuration. */
    public boolean agreed() {
        return nodes.stream().noneMatch(Present::differs);
    }

    /** Whether that node does what one must do for all: of those that are there its name is the first. */
    public boolean speaks(String node) {
        return nodes.stream()
                .filter(present -> present.state == State.LIVE)
                .map(present -> present.seen.sign().node())
                .noneMatch(other -> other.compareTo(node) < 0);
    }

    private static State state(SeenNode node) {
        return node.silence().compareTo(SILENT) < 0 ? State.LIVE : State.SILENT;
    }
}
