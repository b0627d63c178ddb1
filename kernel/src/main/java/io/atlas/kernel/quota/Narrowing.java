package io.atlas.kernel.quota;

/** What part of the traffic on its path a limit counts. */
public sealed interface Narrowing {
    /** Everything on the path. */
    record Whole() implements Narrowing {}

    /** What is served by one model. */
    record ToModel(String model) implements Narrowing {}

    /** What is served by the models of one class. */
    record ToClass(String modelClass) implements Narrowing {}

    /** Whether a request served by that model counts. */
    default boolean covers(String model, String modelClass) {
        return switch (this) {
            case Whole _ -> true;
            case ToModel to -> to.model.equals(model);
            case ToClass to -> to.modelClass.equals(modelClass);
        };
    }

    /** How a limit's id ends: nothing, {@code @MODEL} or {@code #CLASS}. */
    default String suffix() {
        return switch (this) {
            case Whole _ -> "";
            case ToModel to -> "@" + to.model;
            case ToClass to -> "#" + to.modelClass;
        };
    }
}
