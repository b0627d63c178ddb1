package io.atlas.kernel.order;

import java.util.List;

/**
 * One node's part of a backend. What it gives up it gives up first and says afterwards, and what it gets it has only when it
 * hears so; whatever is lost on the way, what all nodes have is never more than what is held for them. Guarded by the lock
 * of its owner.
 */
public final class Seat {
    /** Who says whose turn it is. */
    public enum Standing {
        /** Nobody yet. */
        UNHEARD,
        /** This node, for the places that it holds, as nobody waits anywhere. */
        LEASED,
        /** All nodes together. */
        ORDERED,
        /** This node, for the places that it held when it last heard of the others. */
        LOCAL;

        /** How it is told to people. */
        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    private final String node;
    private Standing standing = Standing.UNHEARD;
    private boolean heard;
    private int slots;
    private long number;
    private Word.Intent intent = Word.Intent.STAYS;

    /**
     * A seat that has nothing yet.
     *
     * @param number its words have larger numbers
     */
    public Seat(String node, long number) {
        this.node = node;
        this.number = number;
    }

    public Standing standing() {
        return standing;
    }

    /** So many may be at the backend before none of those who wait here may go there without being called. */
    public int slots() {
        return switch (standing) {
            case UNHEARD, ORDERED -> 0;
            case LEASED, LOCAL -> slots;
        };
    }

    /** From now on it keeps no place that it does not use. */
    public void leave() {
        intent = Word.Intent.LEAVES;
    }

    /** What there is to say. In the common order a free place is nobody's, so that only those in use are still held. */
    public Word word(int running, int nodes, List<Work> works, List<Bid> bids) {
        number++;
        boolean keepsIdle = standing != Standing.ORDERED && intent == Word.Intent.STAYS;
        slots = keepsIdle ? Math.max(running, slots) : running;
        return new Word(node, number, new Word.Hold(slots, running, nodes, intent), works, bids);
    }

    /** What was answered to that word. */
    public void hear(Word asked, Answer answer) {
        heard = true;
        switch (answer) {
            case Answer.Leased leased -> {
                slots = leased.slots();
                standing = Standing.LEASED;
            }
            case Answer.Ordered ordered -> {
                slots = asked.hold().slots() + ordered.calls().size();
                standing = Standing.ORDERED;
            }
        }
    }

    /**
     * Nobody answers: what it held last is its own until somebody does. One request it may always have, and if it never
     * heard anything its equal share.
     */
    public void lost(int places, int nodes) {
        standing = Standing.LOCAL;
        slots = Math.max(1, heard ? slots : places / Math.max(1, nodes));
        heard = true;
    }
}
