package io.atlas.kernel.tenant;

/** One entry of the models that a tier may use. */
public sealed interface ModelPattern {
    /** Every model. */
    record Any() implements ModelPattern {}

    /** The model of that name. */
    record Named(String model) implements ModelPattern {}

    /** Every model of that class. */
    record OfClass(String modelClass) implements ModelPattern {}

    /** Whether the model belongs to this entry. The comparison is exact: no case folding, no trimming. */
    default boolean covers(String model, String modelClass) {
        return switch (this) {
            case Any _ -> true;
            case Named named -> named.model.equals(model);
            case OfClass of -> of.modelClass.equals(modelClass);
        };
    }
}
