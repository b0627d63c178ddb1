package io.atlas.kernel.lease;

import java.util.Optional;

/**
 * A lease as the node has it that holds it: paid for in advance, and given out to requests without asking anybody. What it
 * gives out and gives back it lowers itself first and says afterwards; so whatever is lost on the way, what all nodes may
 * give out is never more than what is held for them. Guarded by the lock of its owner.
 */
public final class Lease {
    /** What one request holds of it. */
    public record Part(Lease lease, Amounts amounts) {}

    private String id;
    private Amounts granted;
    private Amounts free;
    private Amounts held;
    private Amounts charged;
    private int open;
    private long validUntilMicros;

    /**
     * One that was granted.
     *
     * @param validUntilMicros from when on it gives out nothing unless its owner was heard meanwhile
     */
    public Lease(String id, Amounts granted, long validUntilMicros) {
        this.id = id;
        this.granted = granted;
        this.validUntilMicros = validUntilMicros;
        free = granted;
        held = Amounts.none(granted.size());
        charged = held;
    }

    /** What it is called, everywhere; another where it was renewed. */
    public String id() {
        return id;
    }

    /** What it was at first. */
    public Amounts granted() {
        return granted;
    }

    /** What it may still give out. */
    public Amounts free() {
        return free;
    }

    /** What its open requests hold. */
    public Amounts held() {
        return held;
    }

    /** Its owner was heard: it is valid until then. */
    public void extend(long untilMicros) {
        validUntilMicros = Math.max(validUntilMicros, untilMicros);
    }

    /** A part of it for one request, if there is so much. */
    public Optional<Part> draw(Amounts amounts, long nowMicros) {
        if (nowMicros >= validUntilMicros || !free.cover(amounts)) {
            return Optional.empty();
        }
        free = free.minus(amounts);
        held = held.plus(amounts);
        open++;
        return Optional.of(new Part(this, amounts));
    }

    /** A request has ended, and used so much of its part. */
    public void settle(Part part, Amounts actual) {
        held = held.minus(part.amounts);
        charged = charged.plus(actual);
        open--;
    }

    /** Gives out nothing more. */
    public void giveBack() {
        free = Amounts.none(granted.size());
    }

    /** It begins anew with what its open requests hold, and with nothing charged. */
    void renew(String name) {
        id = name;
        granted = held;
        giveBack();
        charged = Amounts.none(granted.size());
    }

    /** Whether it is one of nothing: it was asked for, and nobody knows whether it was granted. */
    public boolean unheard() {
        return granted.equals(Amounts.none(granted.size()));
    }

    /** Whether nobody holds any of it. */
    public boolean unused() {
        return open == 0;
    }

    /** What there is to say of it. */
    public Account account() {
        boolean ended = open == 0 && free.equals(Amounts.none(granted.size()));
        return new Account(free.plus(held), charged, ended ? Account.Standing.ENDED : Account.Standing.OPEN);
    }
}
