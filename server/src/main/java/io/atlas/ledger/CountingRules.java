package io.atlas.ledger;

import java.util.Map;
import java.util.Set;

/**
 * What a line does not say itself, and by what limits it counts nevertheless: as the configuration has it now.
 *
 * @param classOfModel the class of each model, for limits narrowed to one
 * @param sortsOfTier the sorts of limits that each tier has: what an end user used counts on those of his own limits that
 *     the tier had which was claimed for him
 */
public record CountingRules(Map<String, String> classOfModel, Map<String, Set<String>> sortsOfTier) {
    public CountingRules {
        classOfModel = Map.copyOf(classOfModel);
        sortsOfTier = Map.copyOf(sortsOfTier);
    }
}
