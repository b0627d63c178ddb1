package io.atlas.model;

import io.atlas.kernel.feature.Features;
import io.atlas.kernel.price.Price;
import java.util.Optional;

/**
 * A model on a backend.
 *
 * @param backend name of the backend
 * @param upstreamModel what the backend calls the model
 * @param weight share among the model's deployments, at least 1
 * @param cost what a token costs us there
 * @param pool the upstream quota that it draws on, where it shares one
 * @param features what it can do beside text
 */
public record Deployment(
        String backend, String upstreamModel, int weight, Price cost, Optional<String> pool, Features features) {}
