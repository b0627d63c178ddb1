package io.atlas.ledger.sqlite;

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
import io.atlas.kernel.receipt.Step.LimitLine;
import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.CountingRules;
import io.atlas.ledger.sql.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;

/** Makes lines of a small world from a seed: two tenants, teams, users, keys, three models of two classes. */
public final class Lines {
    public static final Map<String, String> CLASS_OF_MODEL =
            Map.of("large", "expert", "giant", "expert", "small", "basic");
    public static final Map<String, Set<String>> SORTS_OF_TIER =
            Map.of("free", Set.of("tokens/day", "requests/minute"), "gold", Set.of("tokens/day", "cost/month"));
    public static final CountingRules RULES = new CountingRules(CLASS_OF_MODEL, SORTS_OF_TIER);
    public static final List<String> MODELS = List.of("large", "giant", "small");
    public static final List<Caller> CALLERS = List.of(
            caller("acme", "search", "ada", "ci"),
            caller("acme", "search", "", "ci2"),
            caller("acme", "ads", "ada", "ci"),
            caller("acme", "", "ada", "ci"),
            caller("acme", "", "", "app"),
            caller("beta", "search", "bob", "ci"),
            caller("beta", "", "", "app"),
            caller("beta", "", "", "app").behind("one", "free"),
            caller("beta", "", "", "app").behind("one", "gold"),
            caller("beta", "", "", "app").behind("two", "free"),
            caller("acme", "search", "ada", "ci").behind("one", "free"));

    private static final List<Tags> TAGS = List.of(
            Tags.NONE, Tags.of("env=prod,feature=search"), Tags.of("env=prod"), Tags.of("feature=ads/2.0,xenv=prod"));

    private static final Price PRICE = new Price(150_000, 75_000, 600_000, 130_007);

    /** What tokens cost us at each of the backends: less than they are sold for, and more. */
    private static final List<Price> PROVIDER_PRICES =
            List.of(new Price(90_001, 50_000, 310_007), new Price(160_000, 80_000, 700_003));

    /** Of so many lines one counts on limits that stand in for others. */
    private static final int STAND_IN_EVERY = 6;

    private final Random random;
    private long serial;

    public Lines(long seed) {
        this.random = new Random(seed);
    }

    public static Caller caller(String tenant, String team, String user, String key) {
        return new Caller(tenant, Text.optional(team), Text.optional(user), key, "pro");
    }

    /** Lines at random moments of a time. */
    public List<Receipt> between(long fromMicros, long toMicros, int count) {
        List<Receipt> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lines.add(at(random.nextLong(fromMicros, toMicros)));
        }
        return lines;
    }

    /** A line of anyone, ended in any way. */
    public Receipt at(long micros) {
        Caller caller = CALLERS.get(random.nextInt(CALLERS.size()));
        String model = MODELS.get(random.nextInt(MODELS.size()));
        Ending ending = switch (random.nextInt(10)) {
            case 0, 1 -> Ending.NEVER_SENT;
            case 2 -> Ending.BACKEND_ERROR;
            case 3 -> Ending.BROKEN_BEFORE_FIRST_BYTE;
            default -> Ending.SERVED;
        };
        Receipt line = line(caller, model, micros, ending, usage());
        return ending == Ending.NEVER_SENT && random.nextInt(3) == 0 ? replayed(line) : line;
    }

    /** The same that got the answer of another. */
    private static Receipt replayed(Receipt line) {
        return new Receipt(
                line.id(),
                line.atMicros(),
                line.durationMicros(),
                line.caller(),
                line.asked(),
                Outcome.SERVED,
                Optional.empty(),
                Optional.of(new Served(line.asked().model(), "gpu-1")),
                List.of(new Step.Replayed(10, "req_of_another", Step.Again.REPLAYED)),
                line.charge(),
                0,
                0,
                0,
                0,
                line.price(),
                line.configuration(),
                Optional.empty());
    }

    /** A line of that caller that was served. */
    public Receipt served(Caller caller, String model, long micros) {
        return line(caller, model, micros, Ending.SERVED, usage());
    }

    private Usage usage() {
        long input = random.nextLong(1, 2_000);
        long output = random.nextLong(1, 1_000);
        return new Usage(input, random.nextLong(input), output, random.nextLong(output));
    }

    public Receipt line(Caller caller, String model, long micros, Ending ending, Usage usage) {
        boolean sent = ending != Ending.NEVER_SENT;
        Charge charge = Charge.of(ending, Optional.of(usage), usage);
        String id = "req_%016x%016x".formatted(random.nextLong(), serial++);
        int gpu = sent ? random.nextInt(PROVIDER_PRICES.size()) : 0;
        return new Receipt(
                id,
                micros,
                1_000,
                caller,
                new Asked("openai", "/v1/chat/completions", model, Answering.STREAMED, OptionalLong.of(500))
                        .with(TAGS.get((int) (serial % TAGS.size()))),
                ending == Ending.SERVED ? Outcome.SERVED : sent ? Outcome.FAILED : Outcome.REFUSED,
                ending == Ending.SERVED ? Optional.empty() : Optional.of(Reason.RATE_LIMIT_EXCEEDED),
                sent ? Optional.of(new Served(model, "gpu-" + gpu)) : Optional.empty(),
                charge.charged() && serial % STAND_IN_EVERY == 0 ? standIn(caller, usage) : steps(caller, usage),
                charge,
                PRICE.nanoUsd(charge.usage()),
                PRICE.credits(charge.usage()),
                PROVIDER_PRICES.get(gpu).nanoUsd(charge.usage()),
                sent ? 0 : PRICE.nanoUsd(usage),
                MODELS.contains(model) ? model + "@2026-11-20" : "",
                "sha256:00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
                Optional.empty());
    }

    private static List<Step> standIn(Caller caller, Usage usage) {
        List<Step> steps = new ArrayList<>(steps(caller, usage));
        steps.addFirst(new Step.StoodIn(10, List.of("tokens/day", "cost/month@small", "requests/week~endUser")));
        return steps;
    }

    private static List<Step> steps(Caller caller, Usage usage) {
        List<LimitLine> limits = new ArrayList<>();
        for (String kind : List.of("requests/minute", "tokens/minute", "tokens/day", "cost/month", "concurrent")) {
            limits.add(new LimitLine(caller.tenant() + ":" + kind, 800_000, 900, 0, 810, Optional.empty()));
        }
        return List.of(
                new Step.Estimated(20, usage.inputTokens(), 500, "bytes"),
                new Step.Reserved(40, limits),
                new Step.Attempted(9_000, "small@gpu-0", 200, "complete"),
                new Step.Settled(9_900, usage, 75_000));
    }
}
