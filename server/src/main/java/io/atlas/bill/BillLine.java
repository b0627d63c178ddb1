package io.atlas.bill;

import io.atlas.kernel.receipt.Tags;
import io.atlas.kernel.unit.Window;
import io.atlas.ledger.UsageReport.Sums;
import java.util.Optional;

/**
 * What was used of one model at one price by one team, in one part of the period.
 *
 * @param team absent for keys that sit directly in the tenant
 * @param model with {@code price}, its version, absent where no model was found for the request
 * @param tags none where they are not told apart
 */
public record BillLine(
        Window part,
        Optional<String> team,
        Optional<String> model,
        Optional<String> price,
        Tags tags,
        Sums sums,
        Spared spared) {}
