package io.atlas.kernel.quota;

/** The meter of a limit on requests at once: what is held is all there is. */
public final class Slots extends Meter {
    /** One request in flight, and how many there were before. */
    record SlotHold(Limit limit, long amount, long others, long atMicros) implements Hold {
        @Override
        public Level before() {
            return new Level(0, others, atMicros);
        }

        @Override
        public Level after() {
            return new Level(0, others + amount, atMicros);
        }
    }

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
        SlotHold hold = new SlotHold(limit(), amount, held, nowMicros);
        held += amount;
        return hold;
    }

    @Override
    public void settle(Hold hold, long actual, long nowMicros) {
        held -= hold.amount();
    }

    @Override
    public Hold reduce(Hold hold, long part, long actual, long nowMicros) {
        if (!(hold instanceof SlotHold mine)) {
            throw foreign();
        }
        held -= part;
        return new SlotHold(mine.limit, mine.amount - part, mine.others, mine.atMicros);
    }

    @Override
    public void seed(long amount, long atMicros) {
        throw new IllegalStateException(
                "seed of " + limit().id() + " (expected: nothing, requests at once have no past)");
    }
}
