package io.atlas.bill;

import io.atlas.ledger.UsageReport.Sums;
import java.time.ZoneId;
import java.util.List;

/** What a tenant is asked to pay for a period, in the calendar of its zone. */
public record Statement(String tenant, BillPeriod period, ZoneId zone, List<BillLine> lines) {
    public Statement {
        lines = List.copyOf(lines);
    }

    /** What all lines are together. */
    public Sums sums() {
        return lines.stream().map(BillLine::sums).reduce(Sums.NONE, Sums::plus);
    }

    /** What was not paid, in all lines together. */
    public Spared spared() {
        return lines.stream().map(BillLine::spared).reduce(Spared.NONE, Spared::plus);
    }
}
