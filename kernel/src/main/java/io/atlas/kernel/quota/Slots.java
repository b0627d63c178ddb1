package io.atlas.kernel.quota;

/** The counter of a limit on requests at once: what is held is all there is. */
public final class Slots implements Counter {
    /** One request in flight. */
    record SlotHold(long amount) implements Hold {}

    private long held;

    @Override
    public boolean idle(Limit limit, long nowMicros) {
        return held == 0;
    }

    @Override
    public Level level(Limit limit, long nowMicros) {
        return new Level(0, held, nowMicros);
    }

    /** How long requests in flight will take is unknown; a second is what a caller is told. */
    @Override
    public long waitMicros(Limit limit, long amount, long nowMicros) {
        return held + amount <= limit.spec().amount() ? 0 : 1_000_000;
    }

    @Override
    public Hold take(Limit limit, long amount, long nowMicros) {
        held += amount;
        return new SlotHold(amount);
    }

    @Override
    public void settle(Limit limit, Hold hold, long actual, long nowMicros) {
        held -= hold.amount();
    }

    @Override
    public void seed(Limit limit, long amount, long atMicros) {
        throw new IllegalStateException(
                "seed of " + limit.id() + " (expected: nothing, requests at once have no past)");
    }
}
