package io.atlas.exchange;

import io.atlas.kernel.quota.Level;
import java.util.List;

/**
 * A request and its sizes.
 *
 * @param levels how full each limit of its path was when they were taken
 */
public record Estimated(Asking asking, Sizes sizes, List<Level> levels) {
    public Estimated {
        levels = List.copyOf(levels);
    }
}
