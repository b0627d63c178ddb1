package io.atlas.bill;

import io.atlas.kernel.price.Price;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Asked.Answering;
import io.atlas.kernel.receipt.Charge;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

/** Requests of three tenants in three zones over a month's end, while the price of a model changes. */
public final class BilledLines {
    /** Whose calendars differ by more than half a day, one of them by three quarters of an hour. */
    public static final Map<String, ZoneId> ZONES = Map.of(
            "acme", ZoneId.of("Europe/Rome"),
            "globex", ZoneId.of("America/Los_Angeles"),
            "hobby", ZoneId.of("Asia/Kathmandu"));

    public static final long FROM = micros("2026-10-24T00:00:00Z");
    public static final long TO = micros("2026-12-02T00:00:00Z");

    private static final long CHANGE = micros("2026-11-30T17:20:31Z");
    private static final Price BEFORE = new Price(150_003, 75_001, 600_007);
    private static final Price AFTER = new Price(149_999, 70_001, 590_003);
    private static final Price LARGE = new Price(2_500_000, 1_250_000, 10_000_000);
    private static final List<String> TENANTS = List.of("acme", "globex", "hobby");
    private static final List<Optional<String>> TEAMS =
            List.of(Optional.empty(), Optional.of("search"), Optional.of("ads"));
    private static final List<Tags> TAGS =
            List.of(Tags.NONE, Tags.of("feature=search"), Tags.of("env=prod,feature=ads"));

    /** An answer is given again only when its line is in the ledger. */
    private static final int LONG_AGO = 1_000;

    private final Random random;
    private final List<String> served = new ArrayList<>();
    private final List<Long> costs = new ArrayList<>();
    private int serial;

    public BilledLines(long seed) {
        random = new Random(seed);
    }

    /** So many, at moments most of which are near the ends of the months. */
    public List<Receipt> make(int count) {
        List<Receipt> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lines.add(line());
        }
        return lines;
    }

    /** What answers that were given again had cost, of a line of this world. */
    public long worth(Receipt line) {
        return line.steps().stream()
                .mapToLong(step -> step instanceof Step.Replayed of ? costs.get(served.indexOf(of.decision())) : 0)
                .sum();
    }

    private Receipt line() {
        long at = random.nextInt(3) == 0
                ? random.nextLong(FROM, TO)
                : micros(random.nextBoolean() ? "2026-10-31T12:00:00Z" : "2026-11-30T12:00:00Z")
                        + random.nextLong(24 * 3_600_000_000L);
        boolean large = random.nextInt(3) == 0;
        return switch (random.nextInt(20)) {
            case 0, 1, 2 -> refused(at, large);
            case 3 -> unknown(at);
            case 4 -> served.size() > LONG_AGO ? replayed(at, large) : served(at, large);
            default -> served(at, large);
        };
    }

    private Receipt served(long at, boolean large) {
        long input = random.nextLong(1, 3_000);
        Usage usage = new Usage(input, random.nextLong(input), random.nextLong(1, 900), 0);
        Charge charge = Charge.of(Ending.SERVED, Optional.of(usage), usage);
        long cost = price(at, large).nanoUsd(usage);
        List<Step> steps = new ArrayList<>();
        if (!large && random.nextInt(4) == 0) {
            steps.add(new Step.Saved(9, "downgrade", LARGE.nanoUsd(usage) - cost));
        }
        if (random.nextInt(9) == 0) {
            steps.add(new Step.Saved(9, "trim", random.nextLong(1, 5_000)));
        }
        Receipt receipt = receipt(at, large, Outcome.SERVED, steps, charge, new long[] {cost, 0});
        served.add(receipt.id());
        costs.add(cost);
        return receipt;
    }

    private Receipt refused(long at, boolean large) {
        List<Step> steps = List.of(new Step.Refused(5, Reason.BUDGET_EXHAUSTED, List.of()));
        long wish = random.nextLong(1, 9_000_000);
        return receipt(at, large, Outcome.REFUSED, steps, Charge.NOTHING, new long[] {0, wish});
    }

    private Receipt replayed(long at, boolean large) {
        String of = served.get(random.nextInt(served.size() - LONG_AGO));
        List<Step> steps = List.of(new Step.Replayed(5, of, Step.Again.REPLAYED));
        return receipt(at, large, Outcome.SERVED, steps, Charge.NOTHING, new long[] {0, 0});
    }

    /** For a model that there is not, of another name each time. */
    private Receipt unknown(long at) {
        Receipt refused = refused(at, false);
        return new Receipt(
                refused.id(),
                at,
                10,
                refused.caller(),
                new Asked("openai", "/v1/chat/completions", "no-" + serial, Answering.WHOLE, OptionalLong.empty()),
                Outcome.REFUSED,
                Optional.of(Reason.MODEL_NOT_FOUND),
                Optional.empty(),
                List.of(),
                Charge.NOTHING,
                0,
                0,
                0,
                0,
                "",
                "sha256:00",
                Optional.empty());
    }

    private Receipt receipt(
            long at, boolean large, Outcome outcome, List<Step> steps, Charge charge, long[] costAndRefused) {
        String tenant = TENANTS.get(random.nextInt(TENANTS.size()));
        Optional<String> team = TEAMS.get(random.nextInt(TEAMS.size()));
        String model = large ? "large" : "small";
        return new Receipt(
                "req_%016x%08x".formatted(random.nextLong(), serial++),
                at,
                10,
                new Caller(tenant, team, Optional.empty(), "key-" + random.nextInt(4), "pro"),
                new Asked("openai", "/v1/chat/completions", model, Answering.WHOLE, OptionalLong.empty())
                        .with(TAGS.get(random.nextInt(TAGS.size()))),
                outcome,
                outcome == Outcome.SERVED ? Optional.empty() : Optional.of(Reason.BUDGET_EXHAUSTED),
                outcome == Outcome.SERVED ? Optional.of(new Served(model, "gpu")) : Optional.empty(),
                steps,
                charge,
                costAndRefused[0],
                0,
                costAndRefused[0] / 3,
                costAndRefused[1],
                large ? "large@2026-10-01" : at < CHANGE ? "small@2026-10-01" : "small@2026-11-30",
                "sha256:00",
                Optional.empty());
    }

    private static Price price(long at, boolean large) {
        if (large) {
            return LARGE;
        }
        return at < CHANGE ? BEFORE : AFTER;
    }

    private static long micros(String instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, Instant.parse(instant));
    }
}
