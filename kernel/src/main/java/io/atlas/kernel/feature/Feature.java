package io.atlas.kernel.feature;

/** Something beside plain text that not every server can do for every model. */
public enum Feature {
    /** Tools that the model may call, and conversations in which it did. */
    TOOLS("tools"),
    /** Images in the prompt. */
    IMAGES("images"),
    /** An answer that is some JSON object. */
    JSON("json"),
    /** An answer that is JSON of a given schema. */
    JSON_SCHEMA("jsonSchema"),
    /** The likelihood of each token. */
    LOGPROBS("logprobs"),
    /** How hard the model is to think. */
    REASONING("reasoning");

    private final String word;

    Feature(String word) {
        this.word = word;
    }

    /** As configurations and messages write it. */
    public String word() {
        return word;
    }
}
