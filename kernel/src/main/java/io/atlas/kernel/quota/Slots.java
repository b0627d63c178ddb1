package io.atlas.kernel.quota;

/** The meter of a limit on requests at once: what is held is all there is. */
public final class Slots extends Meter {
    /** One request in flight. */
    record SlotHold(long amount) implements Hold {}

    /** How long requests in flight will take is unknown; this is what a caller is told. */
    private static final long RETRY_MICROS = 1_000_000;

    private long held;

    Slots(Limit limit) {
        super(limit);
    }

    Slots(Limit limit, Count.OfSlots count) {
        super(limit);
        held = count.held();
    }

    @Override
    public boolean idle(long nowMicros) {
        return held == 0;
    }

    @Override
    public Level level(LimitSpec wished, long nowMicros) {
        return new Level(0, held, nowMicros);
    }

    @Override
    boolean fits(long amount, long nowMicros) {
        return held + amount <= spec().amount();
    }

    @Override
    public long waitMicros(LimitSpec wished, long amount, long nowMicros) {
        return held + amount <= wished.amount() ? 0 : RETRY_MICROS;
    }

    @Override
    public Hold take(long amount, long nowMicros) {
        held += amount;
        return new SlotHold(amount);
    }

    @Override
    public void settle(Hold hold, long actual, long nowMicros) {
        held -= hold.amount();
    }

    @Override
    public Hold reduce(Hold hold, long part, long actual, long nowMicros) {
        held -= part;
        return new SlotHold(hold.amount() - part);
    }

    @Override
    public void seed(long amount, long atMicros) {
        throw new IllegalStateException(
                "seed of " + limit().id() + " (expected: nothing, requests at once have no past)");
    }
}
