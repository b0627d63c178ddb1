package io.atlas.kernel.route;

import io.atlas.kernel.oracle.Policy;
import io.atlas.kernel.oracle.Policy.Budget;
import io.atlas.kernel.oracle.Policy.Exact;
import io.atlas.kernel.oracle.Policy.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Policies and requests at random, small enough that every step of the ladder is met often. */
final class Policies {
    private static final String KINDS = "rtioec";
    private static final List<String> ORDERS =
            List.of("", "t", "c", "d", "tc", "ct", "td", "dt", "cd", "dc", "tcd", "tdc", "ctd", "cdt", "dtc", "dct");

    private final SplittableRandom random;

    Policies(SplittableRandom random) {
        this.random = random;
    }

    Policy next() {
        int count = 1 + random.nextInt(5);
        long credit = 1_000 + random.nextLong(3_000);
        boolean trimmable = random.nextInt(4) > 0;
        List<Model> models = IntStream.range(0, count)
                .mapToObj(number -> model(number, count, credit, trimmable))
                .toList();
        int asked = random.nextInt(count);
        return new Policy(
                models,
                asked,
                some(count, asked),
                some(count, asked),
                random.nextInt(5) == 0 ? Exact.ASKED_ONLY : Exact.ANY,
                ORDERS.get(random.nextInt(ORDERS.size())),
                1 + random.nextInt(3),
                budgets(count));
    }

    /** Each model's chain goes on to those behind it, so that it ends; now and then it costs more there. */
    private Model model(int number, int count, long credit, boolean trimmable) {
        int behind = count - number - 1;
        long input = random.nextInt(60);
        return new Model(
                behind == 0 || random.nextInt(5) == 0 ? -1 : number + 1 + random.nextInt(Math.min(2, behind)),
                random.nextInt(9_001 >> number),
                random.nextInt(20_001 >> number),
                credit,
                input,
                trimmable ? random.nextLong(input + 1) : -1,
                random.nextInt(60));
    }

    /** Most of them, and mostly the asked one. */
    private Set<Integer> some(int count, int asked) {
        return IntStream.range(0, count)
                .filter(number -> random.nextInt(number == asked ? 30 : 4) > 0)
                .boxed()
                .collect(Collectors.toSet());
    }

    private List<Budget> budgets(int models) {
        List<Budget> budgets = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            long amount = 200 + random.nextLong(1_800);
            long used = random.nextInt(8) == 0 ? amount : random.nextLong(amount);
            int only = random.nextInt(3) == 0 ? random.nextInt(models) : -1;
            budgets.add(new Budget(
                    KINDS.charAt(random.nextInt(KINDS.length())),
                    only,
                    amount,
                    used,
                    random.nextInt(101) * amount / 100));
        }
        return budgets;
    }
}
