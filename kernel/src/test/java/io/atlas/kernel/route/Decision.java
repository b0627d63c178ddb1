package io.atlas.kernel.route;

import io.atlas.kernel.oracle.Oracle.Prompt;
import io.atlas.kernel.oracle.Oracle.Way;
import io.atlas.kernel.oracle.Policy;
import io.atlas.kernel.oracle.Policy.Budget;
import io.atlas.kernel.oracle.Policy.Exact;
import io.atlas.kernel.oracle.Policy.Model;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Narrowing;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.tenant.ModelPattern;
import io.atlas.kernel.tenant.Tier;
import io.atlas.kernel.unit.Period;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What becomes of a request by the kernel's own rules, asked in the order of the stages that admit one. */
final class Decision {
    private static final long NOW = 1_795_176_000_000_000L;
    private static final Place TENANT = new Place.OfTenant("acme");

    private final Policy policy;
    private final List<Meter> meters;

    private Decision(Policy policy) {
        this.policy = policy;
        this.meters = policy.budgets().stream().map(Decision::meter).toList();
    }

    static Optional<Way> of(Policy policy) {
        return new Decision(policy).decide();
    }

    private Optional<Way> decide() {
        int asked = policy.asked();
        if (!allowed(asked)) {
            return Optional.empty();
        }
        List<Integer> chain = Ladder.chain(asked, this::next, this::allowed);
        List<Rung> whole = chain.stream()
                .map(number -> rung(number, model(number).input()))
                .toList();
        boolean trimmable = model(asked).shorter() >= 0;
        List<Rung> shorter = trimmable
                ? chain.stream()
                        .map(number -> rung(number, model(number).shorter()))
                        .toList()
                : List.of();
        List<Offer> offers = Ladder.offers(order(), whole, shorter, shortages(whole.getFirst()));
        if (policy.exact() == Exact.ASKED_ONLY) {
            if (offers.getFirst().moves().contains(Saving.DOWNGRADE)) {
                return Optional.empty();
            }
            offers = offers.stream()
                    .filter(offer -> !offer.moves().contains(Saving.DOWNGRADE))
                    .toList();
        }
        for (Offer offer : offers) {
            boolean trimmed = offer.moves().contains(Saving.TRIM);
            Rung rung = (trimmed ? shorter : whole).get(offer.rung());
            if (Quota.refusal(path(rung), rung.demand(offer.outputTokens()), NOW)
                    .isEmpty()) {
                int model = chain.get(offer.rung());
                return Optional.of(new Way(model, trimmed ? Prompt.SHORTER : Prompt.WHOLE, offer.outputTokens()));
            }
        }
        return Optional.empty();
    }

    private List<Shortage> shortages(Rung asked) {
        List<Shortage> shortages = new ArrayList<>();
        for (int i = 0; i < meters.size(); i++) {
            Limit limit = meters.get(i).limit();
            LimitSpec spec = limit.spec();
            Level level = meters.get(i).level(NOW);
            long mark = policy.budgets().get(i).mark();
            boolean low = Spending.FREELY.next(spec, level, mark) == Spending.SAVING
                    || level.remaining(spec)
                            < asked.demand(asked.outputTokens()).of(spec.kind());
            if (low && spec.narrowing().covers(asked.model(), asked.modelClass())) {
                shortages.add(new Shortage(limit, level, mark));
            }
        }
        return shortages;
    }

    private List<Meter> path(Rung rung) {
        return meters.stream()
                .filter(meter -> meter.limit().spec().narrowing().covers(rung.model(), rung.modelClass()))
                .toList();
    }

    private List<Saving> order() {
        return policy.order()
                .chars()
                .mapToObj(step -> switch (step) {
                    case 't' -> Saving.TRIM;
                    case 'c' -> Saving.CLAMP;
                    default -> Saving.DOWNGRADE;
                })
                .toList();
    }

    private Rung rung(int number, long input) {
        Model model = model(number);
        Price price = new Price(model.inputPrice(), model.inputPrice(), model.outputPrice(), model.credit());
        return new Rung(name(number), "", price, input, model.output(), policy.choices());
    }

    private Optional<Integer> next(int number) {
        return Optional.of(model(number).next()).filter(next -> next >= 0);
    }

    private boolean allowed(int number) {
        return tier(policy.ofTier()).mayUse(name(number), "")
                && tier(policy.ofTenant()).mayUse(name(number), "");
    }

    private static Tier tier(Set<Integer> models) {
        List<ModelPattern> patterns = models.stream()
                .<ModelPattern>map(number -> new ModelPattern.Named(name(number)))
                .toList();
        return new Tier("tier", 0, 1, patterns);
    }

    private Model model(int number) {
        return policy.models().get(number);
    }

    private static String name(int number) {
        return "model-" + number;
    }

    private static Meter meter(Budget budget) {
        Kind kind = switch (budget.kind()) {
            case 'r' -> Kind.REQUESTS;
            case 't' -> Kind.TOKENS;
            case 'i' -> Kind.INPUT_TOKENS;
            case 'o' -> Kind.OUTPUT_TOKENS;
            case 'e' -> Kind.CREDITS;
            default -> Kind.COST;
        };
        Narrowing narrowing = budget.only() < 0 ? new Narrowing.Whole() : new Narrowing.ToModel(name(budget.only()));
        long amount = budget.amount();
        LimitSpec spec = new LimitSpec(kind, Optional.of(Period.DAY), amount, amount, narrowing, 20);
        Meter meter = Meter.of(Limit.of(TENANT, spec, ZoneOffset.UTC));
        meter.seed(budget.used(), NOW);
        return meter;
    }
}
