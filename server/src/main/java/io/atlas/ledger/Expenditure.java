package io.atlas.ledger;

import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.unit.Window;
import java.util.List;

/** Lines of which it can be told when they charged something to a limit. */
public interface Expenditure {
    /** What was charged to a calendar limit in each of these parts of its window, which begin with a quarter of an hour. Blocks. */
    List<Long> spent(Limit limit, List<Window> parts, CountingRules rules);
}
