package io.atlas.bench;

import io.atlas.bench.load.Asking;
import io.atlas.bench.load.Asking.Right;
import io.atlas.bench.load.Books;
import io.atlas.bench.load.DecisionTimes;
import io.atlas.bench.load.Load;
import io.atlas.bench.load.Plan;
import io.atlas.bench.load.Script;
import io.atlas.bench.load.Shape;
import io.atlas.bench.load.Tally;
import io.atlas.bench.load.Target;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Atlas under bodies of every script and size, far from the end of a budget and near it: how long its decisions take. */
final class Decide {
    private final Terms terms;
    private final Atlas atlas;
    private final PrintWriter progress;
    private final Load load = new Load();
    private Books books = Books.EMPTY;
    private long failed;

    /**
     * How long and how hard.
     *
     * @param warmUp how long each kind of body is asked before anything is measured
     * @param stretch how long each of the two measured stretches of a kind lasts
     */
    record Terms(List<Script> scripts, List<Integer> bodyBytes, Duration warmUp, Duration stretch, int connections) {}

    /** Whether the tenant's budget is so nearly spent that every prompt is counted. */
    enum Budget {
        WIDE(1),
        NEARLY_SPENT(10);

        private final double targetMillis;

        Budget(double targetMillis) {
            this.targetMillis = targetMillis;
        }

        /** What the 99th percentile of the decisions should not exceed. */
        double targetMillis() {
            return targetMillis;
        }
    }

    /** One kind of body, from one kind of tenant. */
    record Case(Budget budget, Script script, int bodyBytes) {}

    /** What one stretch of load has shown. */
    record Stretch(DecisionTimes decisions, Tally tally, double perSecond) {}

    /** A case at half of what it can be asked for, and at all of it. */
    record Row(Case asked, Stretch half, Stretch saturated) {
        /** Whether decisions were as quick as they should be at half of the load that saturates. */
        boolean holds() {
            return half.decisions.millis(0.99) <= asked.budget.targetMillis();
        }
    }

    Decide(Terms terms, Atlas atlas, PrintWriter progress) {
        this.terms = terms;
        this.atlas = atlas;
        this.progress = progress;
    }

    /** Warms up with every case, then measures one after the other. */
    List<Row> run() {
        List<Case> cases = new ArrayList<>();
        for (Budget budget : Budget.values()) {
            for (Script script : terms.scripts) {
                terms.bodyBytes.forEach(bytes -> cases.add(new Case(budget, script, bytes)));
            }
        }
        cases.forEach(each -> drive(saturating(each, terms.warmUp), terms.warmUp));
        return cases.stream().map(this::measured).toList();
    }

    /** What all answers ought to have been charged. */
    Books books() {
        return books;
    }

    /** Answers that were wrong or missing. */
    long failed() {
        return failed;
    }

    private Row measured(Case each) {
        Stretch saturated = drive(saturating(each, terms.stretch), terms.stretch);
        double rate = Math.max(1, saturated.perSecond / 2);
        Stretch half =
                drive(Plan.paced(target(each), asking(each), terms.connections, rate, terms.stretch), terms.stretch);
        progress.printf(
                "%s, %d bytes of %s: p99 of decisions %.2f ms at %,.0f/s, %.2f ms at %,.0f/s%n",
                each.budget,
                each.bodyBytes,
                each.script.word(),
                half.decisions.millis(0.99),
                half.perSecond,
                saturated.decisions.millis(0.99),
                saturated.perSecond);
        progress.flush();
        return new Row(each, half, saturated);
    }

    private Plan saturating(Case each, Duration duration) {
        return Plan.saturating(target(each), asking(each), terms.connections, duration);
    }

    private Stretch drive(Plan plan, Duration duration) {
        DecisionTimes before = atlas.decisions();
        Tally tally = load.start(plan).join();
        DecisionTimes decisions = atlas.decisions().since(before);
        books = books.plus(tally.books());
        failed += tally.failed();
        tally.complaints().forEach(progress::println);
        double perSecond = (tally.answered() + tally.refused()) / (duration.toMillis() / 1e3);
        return new Stretch(decisions, tally, perSecond);
    }

    private Target target(Case each) {
        return atlas.target(
                switch (each.budget) {
                    case WIDE -> Setups.KEY;
                    case NEARLY_SPENT -> Setups.nearKey(each.bodyBytes);
                });
    }

    private static Asking asking(Case each) {
        Right right = switch (each.budget) {
            case WIDE -> Right.SERVED;
            case NEARLY_SPENT -> Right.SERVED_OR_REFUSED;
        };
        return new Asking(Asking.QUICK, Shape.PLAIN, new Asking.Text.Written(each.script, each.bodyBytes), right);
    }
}
