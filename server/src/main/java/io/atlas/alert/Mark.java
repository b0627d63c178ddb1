package io.atlas.alert;

import io.atlas.kernel.unit.Check;
import java.util.Comparator;

/** What a budget may come to, of which somebody wants to hear. */
public sealed interface Mark {
    /** The order in which marks are told that are reached at once. */
    Comparator<Mark> ORDER = Comparator.comparingInt(Mark::rank);

    /** So many hundredths of the amount are used. */
    record Share(int percent) implements Mark {
        public Share {
            Check.within(1, percent, 100, "percent");
        }
    }

    /** At the pace of the moment the budget is gone before its window ends. */
    record Forecast() implements Mark {}

    /** As the configuration writes it: {@code 80%}, {@code forecast}. */
    default String word() {
        return switch (this) {
            case Share share -> share.percent + "%";
            case Forecast _ -> "forecast";
        };
    }

    private int rank() {
        return switch (this) {
            case Share share -> share.percent;
            case Forecast _ -> Integer.MAX_VALUE;
        };
    }
}
