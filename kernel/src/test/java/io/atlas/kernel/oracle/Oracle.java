package io.atlas.kernel.oracle;

import io.atlas.kernel.oracle.Policy.Budget;
import io.atlas.kernel.oracle.Policy.Exact;
import io.atlas.kernel.oracle.Policy.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a request has to become, found by trying everything. */
public final class Oracle {
    private static final long LEAST = 16;

    private final Policy policy;
    private final List<Budget> low;
    private final double share;

    /**
     * How it is served.
     *
     * @param model by number
     * @param prompt which conversation is sent
     * @param output the bound on one answer
     */
    public record Way(int model, Prompt prompt, long output) {}

    /** Which conversation is sent. */
    public enum Prompt {
        WHOLE,
        SHORTER
    }

    private Oracle(Policy policy) {
        this.policy = policy;
        this.low = policy.budgets().stream()
                .filter(budget -> counts(budget, policy.asked()))
                .filter(budget -> budget.left() < budget.mark() || budget.left() < takes(asked(), budget.kind()))
                .toList();
        this.share = low.stream().mapToDouble(Oracle::share).min().orElse(1);
    }

    /** How that request is served; not at all where this is empty. */
    public static Optional<Way> decide(Policy policy) {
        return new Oracle(policy).decide();
    }

    private Optional<Way> decide() {
        if (!allowed(policy.asked())) {
            return Optional.empty();
        }
        List<Way> ways = ways();
        if (policy.exact() == Exact.ASKED_ONLY) {
            // To serve another model is what saving asks for first, and that is not to be.
            if (ways.getFirst().model() != policy.asked()) {
                return Optional.empty();
            }
            ways = ways.stream().filter(way -> way.model() == policy.asked()).toList();
        }
        return ways.stream().filter(this::fitsEverything).findFirst();
    }

    /** Those that save enough, in order; then those that save something, in the opposite order; then as it was asked. */
    private List<Way> ways() {
        List<Way> enough = new ArrayList<>();
        List<Way> some = new ArrayList<>();
        if (!low.isEmpty()) {
            for (int steps = 1; steps <= policy.order().length(); steps++) {
                String done = policy.order().substring(0, steps);
                for (int model : models(done)) {
                    Way whole = way(model, Prompt.WHOLE, done);
                    note(whole, enough, some);
                    if (!enough(whole) && done.contains("t") && shorter(model)) {
                        note(way(model, Prompt.SHORTER, done), enough, some);
                    }
                }
            }
        }
        List<Way> all = new ArrayList<>(enough);
        all.addAll(some.reversed());
        all.add(asked());
        return all;
    }

    private void note(Way way, List<Way> enough, List<Way> some) {
        if (way.equals(asked()) || enough.contains(way) || some.contains(way)) {
            return;
        }
        if (enough(way)) {
            enough.add(way);
        } else if (low.stream().filter(budget -> counts(budget, way.model())).allMatch(one -> spares(way, one, 1))) {
            some.add(way);
        }
    }

    /** Where the last step is the other model, the cheaper ones in turn; before it the asked one, after it the cheapest. */
    private List<Integer> models(String done) {
        List<Integer> cheaper = cheaper();
        if (done.endsWith("d")) {
            return cheaper;
        }
        boolean went = done.contains("d") && !cheaper.isEmpty();
        return List.of(went ? cheaper.getLast() : policy.asked());
    }

    private List<Integer> cheaper() {
        List<Integer> cheaper = new ArrayList<>();
        for (int model = model(policy.asked()).next();
                model >= 0;
                model = model(model).next()) {
            if (allowed(model)) {
                cheaper.add(model);
            }
        }
        return cheaper;
    }

    private boolean shorter(int model) {
        return model(policy.asked()).shorter() >= 0 && model(model).shorter() >= 0;
    }

    /** With the longest answer that saves enough, where it may be cut at all. */
    private Way way(int model, Prompt prompt, String done) {
        long most = model(model).output();
        Way longest = new Way(model, prompt, most);
        if (!done.contains("c") || enough(longest)) {
            return longest;
        }
        long gentle = Math.max(LEAST, (long) Math.ceil(most * share));
        boolean room = fitsLow(new Way(model, prompt, Math.min(most, gentle)));
        long least = Math.min(most, room ? gentle : LEAST);
        for (long output = most; output > least; output--) {
            if (enough(new Way(model, prompt, output))) {
                return new Way(model, prompt, output);
            }
        }
        return new Way(model, prompt, least);
    }

    private boolean enough(Way way) {
        return fitsLow(way)
                && low.stream().filter(budget -> counts(budget, way.model())).allMatch(one -> spares(way, one, share));
    }

    private boolean fitsLow(Way way) {
        return low.stream()
                .filter(budget -> counts(budget, way.model()))
                .allMatch(budget -> takes(way, budget.kind()) <= budget.left());
    }

    private boolean fitsEverything(Way way) {
        return policy.budgets().stream()
                .filter(budget -> counts(budget, way.model()))
                .allMatch(budget -> budget.used() + takes(way, budget.kind()) <= budget.amount());
    }

    private boolean spares(Way way, Budget budget, double part) {
        return spares(way, budget.kind(), part) || spares(way, 'c', part);
    }

    private boolean spares(Way way, char kind, double part) {
        long before = takes(asked(), kind);
        long after = takes(way, kind);
        return after < before && after <= before * part;
    }

    private static double share(Budget budget) {
        return Math.min(1, budget.left() / (double) Math.max(1, budget.mark()));
    }

    private static boolean counts(Budget budget, int model) {
        return budget.only() < 0 || budget.only() == model;
    }

    private boolean allowed(int model) {
        return policy.ofTier().contains(model) && policy.ofTenant().contains(model);
    }

    private Way asked() {
        return new Way(policy.asked(), Prompt.WHOLE, model(policy.asked()).output());
    }

    private Model model(int number) {
        return policy.models().get(number);
    }

    private long takes(Way way, char kind) {
        Model model = model(way.model());
        long input = way.prompt() == Prompt.WHOLE ? model.input() : model.shorter();
        long output = way.output() * policy.choices();
        long pico = input * model.inputPrice() + output * model.outputPrice();
        return switch (kind) {
            case 'r' -> 1;
            case 't' -> input + output;
            case 'i' -> input;
            case 'o' -> output;
            case 'e' -> (pico + model.credit() - 1) / model.credit();
            default -> (pico + 999) / 1_000;
        };
    }
}
