package io.atlas.admin;

/** All that operators can ask. */
public record Desk(
        Resources resources,
        LedgerResources ledger,
        BillResources bills,
        SpendResources spend,
        DecisionResources decisions,
        TailResources tail,
        LiveResources live,
        KeyResources keys,
        PoolResources pools,
        NodeResources nodes,
        AlertResources alerts,
        DoctorResources doctor) {}
