package io.atlas.kernel.quota;

import io.atlas.kernel.elasticity.Elasticity;
import io.atlas.kernel.unit.Check;
import io.atlas.kernel.unit.Money;
import io.atlas.kernel.unit.Period;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Optional;

/**
 * A limit as it is declared, not yet bound to a place.
 *
 * @param per the period; absent for {@link Kind#CONCURRENT} only
 * @param amount in the unit of the kind, at least 1; of a leaking period also what leaks in one period
 * @param burst the most that a leaking limit takes at once; equal to the amount unless declared
 * @param narrowing what part of the traffic it counts
 * @param mark below what saving begins
 * @param each whom it is given to, each for itself; where absent, to the place that declares it
 * @param mode whether it refuses
 * @param elasticity how amount and burst change while it is in force, and from what; absent where they do not
 */
public record LimitSpec(
        Kind kind,
        Optional<Period> per,
        long amount,
        long burst,
        Narrowing narrowing,
        LowWater mark,
        Optional<Each> each,
        Mode mode,
        Optional<Elasticity> elasticity) {
    /** Whether a limit refuses what it has no room for. */
    public enum Mode {
        /** It does. */
        ENFORCED,
        /** It lets everything through, counts it, and says what it would have refused. */
        SHADOW;

        /** As configuration and answers write it: {@code shadow}. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** More than is ever counted, and still a whole number where numbers are doubles. */
    private static final long BOUNDLESS = (1L << 53) - 1;

    /** Where saving begins unless a limit says otherwise. */
    public static final LowWater DEFAULT_LOW_WATER = new LowWater.Share(20);

    /** How much is left when saving begins. */
    public sealed interface LowWater {
        /** That many hundredths of the amount; with none of them there is no saving. */
        record Share(int percent) implements LowWater {
            public Share {
                Check.within(0, percent, 100, "lowWaterPercent");
            }
        }

        /** What would be spent until the window ends, at the pace of the moment. */
        record Auto() implements LowWater {}
    }

    public LimitSpec {
        Check.within(1, amount, Money.MAX_NANO_USD, "amount");
        Check.within(1, burst, Money.MAX_NANO_USD, "burst");
        if (per.isEmpty() != (kind == Kind.CONCURRENT)) {
            throw new IllegalArgumentException("per: " + per + " (expected: one for every kind but concurrent)");
        }
        if (elasticity.isPresent() && !leaks(per)) {
            throw new IllegalArgumentException("elasticity: of " + per + " (expected: of a rate only)");
        }
    }

    /** A limit of the place that declares it. */
    public LimitSpec(
            Kind kind, Optional<Period> per, long amount, long burst, Narrowing narrowing, int lowWaterPercent) {
        this(
                kind,
                per,
                amount,
                burst,
                narrowing,
                new LowWater.Share(lowWaterPercent),
                Optional.empty(),
                Mode.ENFORCED,
                Optional.empty());
    }

    /** A limit over a period, without burst or narrowing. */
    public static LimitSpec of(Kind kind, Period per, long amount) {
        return plain(kind, Optional.of(per), amount);
    }

    /** A limit of requests at once. */
    public static LimitSpec concurrent(long amount) {
        return plain(Kind.CONCURRENT, Optional.empty(), amount);
    }

    private static LimitSpec plain(Kind kind, Optional<Period> per, long amount) {
        Narrowing whole = new Narrowing.Whole();
        return new LimitSpec(
                kind, per, amount, amount, whole, DEFAULT_LOW_WATER, Optional.empty(), Mode.ENFORCED, Optional.empty());
    }

    /** The same for each of these. */
    public LimitSpec forEach(Each one) {
        return new LimitSpec(kind, per, amount, burst, narrowing, mark, Optional.of(one), mode, elasticity);
    }

    /** The same in that mode. */
    public LimitSpec in(Mode other) {
        return new LimitSpec(kind, per, amount, burst, narrowing, mark, each, other, elasticity);
    }

    /** The same, which changes so while it is in force; none of a limit that is no rate. */
    public LimitSpec changing(Elasticity how) {
        return new LimitSpec(kind, per, amount, burst, narrowing, mark, each, mode, Optional.of(how));
    }

    /** The same declared with another amount and another burst. */
    public LimitSpec sized(long units, long atOnce) {
        return new LimitSpec(
                kind, per, units, atOnce, narrowing, mark, each, mode, elasticity.map(how -> how.of(units, atOnce)));
    }

    /** The same with another amount and another burst, whatever changes them. */
    public LimitSpec fixed(long units, long atOnce) {
        return new LimitSpec(kind, per, units, atOnce, narrowing, mark, each, mode, Optional.empty());
    }

    /** What it says at that instant by its schedule; by the load it has what it is declared with. */
    public LimitSpec at(long micros, ZoneId zone) {
        return elasticity
                .map(how -> {
                    int perMille = how.perMille(micros, zone);
                    return stretched(
                            Elasticity.scaled(how.amount(), perMille), Elasticity.scaled(how.burst(), perMille), how);
                })
                .orElse(this);
    }

    /** What it says at that instant where the load leaves so many units for it, within its range. */
    public LimitSpec at(long micros, ZoneId zone, long units) {
        LimitSpec then = at(micros, zone);
        return elasticity
                .flatMap(how -> how.range(how.perMille(micros, zone))
                        .map(range -> then.stretched(range.within(units), then.burst, how)))
                .orElse(then);
    }

    /** The same, which says so since then. */
    public LimitSpec since(long micros) {
        return elasticity
                .map(how -> stretched(amount, burst, how.since(micros)))
                .orElse(this);
    }

    /** As it is declared, whatever it says now. */
    public LimitSpec declared() {
        return elasticity
                .map(how -> stretched(how.amount(), how.burst(), how.declared()))
                .orElse(this);
    }

    private LimitSpec stretched(long units, long atOnce, Elasticity how) {
        return new LimitSpec(
                kind,
                per,
                Math.min(units, Money.MAX_NANO_USD),
                Math.min(atOnce, Money.MAX_NANO_USD),
                narrowing,
                mark,
                each,
                mode,
                Optional.of(how));
    }

    /** The amount as it is shown: the most at once, or what it lets through in its period where it follows the load. */
    public long shownAmount() {
        return elasticity.flatMap(Elasticity::range).isPresent() ? amount : capacity();
    }

    /** The most that it takes at once at any time. */
    long utmost() {
        return elasticity.isPresent()
                ? Math.max(
                        capacity(),
                        Elasticity.scaled(
                                elasticity.orElseThrow().burst(),
                                elasticity.orElseThrow().mostPerMille()))
                : capacity();
    }

    /** Whether it refuses what it has no room for. */
    public boolean enforced() {
        return mode == Mode.ENFORCED;
    }

    /** What makes two declarations the same limit, whatever their amounts: {@code tokens/day@large~key}. */
    public String sort() {
        return kind.word() + per.map(period -> "/" + period.word()).orElse("") + narrowing.suffix() + Each.suffix(each);
    }

    /** What is left when saving begins, in the unit of the kind, where that is a share; else 0. */
    public long lowWater() {
        return switch (mark) {
            case LowWater.Share share -> share(share.percent());
            case LowWater.Auto _ -> 0;
        };
    }

    /** That many hundredths of the capacity. */
    public long share(int percent) {
        return capacity() * percent / 100;
    }

    /** Whether it is a token bucket. */
    public boolean leaks() {
        return leaks(per);
    }

    private static boolean leaks(Optional<Period> per) {
        return per.isPresent() && per.get().leaks();
    }

    /** Whether it counts in calendar windows. */
    public boolean calendar() {
        return per.isPresent() && !per.get().leaks();
    }

    /** The most it is declared to take at once. */
    public long capacity() {
        return leaks() ? burst : amount;
    }

    /** The most it lets through at once: as it is declared; in shadow there is no such bound. */
    public long ceiling() {
        return enforced() ? capacity() : BOUNDLESS;
    }
}
