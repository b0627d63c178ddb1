package io.atlas.kernel.receipt;

/** What the request was sent to: a model, and the backend that runs it. */
public record Served(String model, String backend) {
    /** The deployment as answers write it: {@code small@gpu-a}. */
    public String deployment() {
        return model + "@" + backend;
    }
}
