package io.atlas.ledger.postgresql;

import java.sql.SQLException;

/** Whether lines can be shipped, and why not, as far as an operator has to tell it apart. */
enum Standing {
    SHIPPING("the database takes the lines", "00"),
    UNREACHABLE("the database cannot be reached", "08"),
    REFUSED("the database refuses the user or the password", "28"),
    NO_DATABASE("there is no such database", "3D"),
    NOT_PERMITTED("the user may not do this in the database", "42501"),
    RESTARTING("the database stops or starts", "57P"),
    OTHER("the database does not take the lines", "");

    private final String sentence;
    private final String sqlState;

    Standing(String sentence, String sqlState) {
        this.sentence = sentence;
        this.sqlState = sqlState;
    }

    /** It in words. */
    String sentence() {
        return sentence;
    }

    /** What that failure is, or what it comes from. */
    static Standing of(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return of(sql.getSQLState());
            }
        }
        return OTHER;
    }

    private static Standing of(String state) {
        for (Standing standing : values()) {
            if (state.startsWith(standing.sqlState)) {
                return standing;
            }
        }
        return OTHER;
    }
}
