package io.atlas.ledger.open;

import io.atlas.kernel.price.Price;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.tenant.Caller;
import java.util.List;

/**
 * What has to be known of a request so that it can be settled after the death of the process.
 *
 * @param inputTokens the counted input, or an estimate of it until it is counted
 * @param instead the sorts of the limits of its tier that it does not count on, since others stand in for them
 * @param providerPrice what a token costs us where it is sent to
 */
public record OpenRequest(
        String id,
        long atMicros,
        Caller caller,
        Asked asked,
        Served served,
        long inputTokens,
        Price price,
        String priceVersion,
        String configuration,
        List<String> instead,
        Price providerPrice) {
    public OpenRequest {
        instead = List.copyOf(instead);
    }

    /** The same for what these tags say, where a token costs us so much, and a credit stands for so much. */
    OpenRequest with(Tags tags, Price deployment, long creditPicoUsd) {
        return new OpenRequest(
                id,
                atMicros,
                caller,
                asked.with(tags),
                served,
                inputTokens,
                price.weighedBy(creditPicoUsd),
                priceVersion,
                configuration,
                instead,
                deployment);
    }
}
