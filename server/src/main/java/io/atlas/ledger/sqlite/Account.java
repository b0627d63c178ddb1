package io.atlas.ledger.sqlite;

import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.tenant.Caller;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** Whom a line is counted for: everything that sums are grouped by, but the time. What a line does not have is empty. */
record Account(String tenant, String team, String user, String key, String tier, String model, String backend) {
    static final String COLUMNS = "tenant, team, user, key, tier, model, backend";

    /** The account of a line; its model is the one that served, else the one that was asked for. */
    static Account of(Receipt receipt) {
        Caller caller = receipt.caller();
        return new Account(
                caller.tenant(),
                caller.team().orElse(""),
                caller.user().orElse(""),
                caller.key(),
                caller.tier(),
                receipt.served()
                        .map(Served::model)
                        .orElseGet(() -> ModelName.bounded(receipt.asked().model())),
                receipt.served().map(Served::backend).orElse(""));
    }

    /** The account in a row that has {@link #COLUMNS} from that column on. */
    static Account read(ResultSet row, int first) throws SQLException {
        return new Account(
                row.getString(first),
                row.getString(first + 1),
                row.getString(first + 2),
                row.getString(first + 3),
                row.getString(first + 4),
                row.getString(first + 5),
                row.getString(first + 6));
    }

    /** The values in the order of {@link #COLUMNS}. */
    List<String> values() {
        return List.of(tenant, team, user, key, tier, model, backend);
    }

    /** A column's value, absent where it is empty. */
    static Optional<String> optional(String value) {
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }
}
