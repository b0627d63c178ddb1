package io.atlas.kernel.oracle;

import java.util.List;
import java.util.Set;

/**
 * Who asks for what, and what he may have.
 *
 * @param models all that there are, by number
 * @param asked the number of the model that he asks for
 * @param ofTier the models that his tier has
 * @param ofTenant the models that his tenant's tier has
 * @param exact whether he takes no other model
 * @param order what may be done to save: {@code t}rim, {@code c}lamp, {@code d}owngrade
 * @param choices how many answers he wants
 */
public record Policy(
        List<Model> models,
        int asked,
        Set<Integer> ofTier,
        Set<Integer> ofTenant,
        Exact exact,
        String order,
        int choices,
        List<Budget> budgets) {
    /** Whether he takes another model than the one that he asks for. */
    public enum Exact {
        ASKED_ONLY,
        ANY
    }

    /**
     * A model.
     *
     * @param next the number of the cheaper one, or -1
     * @param input the tokens of the prompt there
     * @param shorter those of the shorter conversation; -1 where it cannot be made shorter
     * @param output the most tokens of one answer
     * @param credit what a credit stands for, in the unit of the prices: pico-dollars a token
     */
    public record Model(
            int next, long inputPrice, long outputPrice, long credit, long input, long shorter, long output) {}

    /**
     * A calendar limit.
     *
     * @param kind {@code r}equests, {@code t}okens, {@code i}nput, {@code o}utput, cr{@code e}dits, {@code c}ost
     * @param only the one model that counts on it, or -1
     * @param mark what is left of it when saving begins
     */
    public record Budget(char kind, int only, long amount, long used, long mark) {
        long left() {
            return Math.max(0, amount - used);
        }
    }
}
