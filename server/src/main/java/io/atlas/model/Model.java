package io.atlas.model;

import io.atlas.kernel.feature.Feature;
import io.atlas.kernel.feature.Features;
import io.atlas.kernel.price.Price;
import io.atlas.kernel.quota.LimitSpec;
import java.util.List;
import java.util.Optional;

/**
 * What callers ask for.
 *
 * @param modelClass free name for tiers and limits; empty where it has none
 * @param contextTokens input and output together
 * @param maxOutputTokens a larger {@code max_tokens} is clamped to it
 * @param defaultOutputTokens {@code max_tokens} where the caller gives none
 * @param price what the tenant is charged
 * @param priceVersion name of that price in receipts: {@code small@2026-11-20}
 * @param limits over all tenants
 * @param downgrade the next cheaper model that may stand in when a budget runs low
 * @param fallback the model that may stand in when no deployment is healthy
 */
public record Model(
        String name,
        String modelClass,
        long contextTokens,
        long maxOutputTokens,
        long defaultOutputTokens,
        Price price,
        String priceVersion,
        List<Deployment> deployments,
        List<LimitSpec> limits,
        Optional<String> downgrade,
        Optional<String> fallback) {
    public Model {
        deployments = List.copyOf(deployments);
        limits = List.copyOf(limits);
    }

    /** Whether one of its deployments can do all of that. */
    public boolean can(Features needed) {
        return needed.none()
                || deployments.stream().anyMatch(one -> one.features().cover(needed));
    }

    /** The first of these features for which no deployment is left that can do it and those before it. */
    public Optional<Feature> lacking(Features needed) {
        if (can(needed)) {
            return Optional.empty();
        }
        Features soFar = Features.NONE;
        for (Feature feature : needed.inOrder()) {
            soFar = soFar.with(feature);
            if (!can(soFar)) {
                return Optional.of(feature);
            }
        }
        return Optional.empty();
    }

    /** The same with its price weighed by a reference whose input token has that price. */
    public Model weighedBy(long creditPicoUsd) {
        return new Model(
                name,
                modelClass,
                contextTokens,
                maxOutputTokens,
                defaultOutputTokens,
                price.weighedBy(creditPicoUsd),
                priceVersion,
                deployments,
                limits,
                downgrade,
                fallback);
    }
}
