package io.atlas.admin;

/** All that operators can ask. */
public record Desk(
        Resources resources,
        LedgerResources ledger,
        BillResources bills,
        DecisionResources decisions,
        KeyResources keys,
        NodeResources nodes,
        DoctorResources doctor) {}
