package io.atlas.ledger.postgresql;

import io.atlas.kernel.receipt.Reach;
import io.atlas.kernel.tenant.Caller;
import io.atlas.kernel.unit.Usage;
import io.atlas.ledger.Entry;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/** Where lines arrive before they are sorted into the tables: a table of one connection, empty after each transaction. */
final class Staging {
    private static final String TABLE = """
            CREATE TEMPORARY TABLE staging (
              line bigint, id text COLLATE "C", at_micros bigint,
              tenant text COLLATE "C", team text COLLATE "C", "user" text COLLATE "C", key text COLLATE "C",
              tier text COLLATE "C", end_user text COLLATE "C",
              model text COLLATE "C", backend text COLLATE "C", price text COLLATE "C", configuration text COLLATE "C",
              instead text COLLATE "C", tags text COLLATE "C",
              duration_micros bigint, outcome text, reason text, sent smallint, replayed smallint, charged smallint,
              input_tokens bigint, cached_input_tokens bigint, output_tokens bigint, reasoning_tokens bigint,
              source text, cost_nano_usd bigint, credits bigint, provider_cost_nano_usd bigint,
              refused_nano_usd bigint, receipt json
            ) ON COMMIT DELETE ROWS
            """;

    private static final int CHUNK_BYTES = 1 << 16;
    private static final String NUL = "\\u0000";
    private static final String REPLACEMENT_ESCAPED = "\\ufffd";
    private static final char REPLACEMENT = '\uFFFD';

    private final CopyManager copies;
    private final StringBuilder row = new StringBuilder(4_096);
    private final ByteArrayOutputStream chunk = new ByteArrayOutputStream(CHUNK_BYTES);

    private Staging(CopyManager copies) {
        this.copies = copies;
    }

    static Staging of(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(TABLE);
        }
        connection.commit();
        return new Staging(new CopyManager(connection.unwrap(BaseConnection.class)));
    }

    void copy(List<Entry> lines) throws SQLException {
        CopyIn copy = copies.copyIn("COPY staging FROM STDIN");
        try {
            for (Entry line : lines) {
                write(line);
                if (chunk.size() >= CHUNK_BYTES) {
                    flush(copy);
                }
            }
            flush(copy);
            copy.endCopy();
        } finally {
            chunk.reset();
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    private void flush(CopyIn copy) throws SQLException {
        byte[] bytes = chunk.toByteArray();
        copy.writeToCopy(bytes, 0, bytes.length);
        chunk.reset();
    }

    private void write(Entry line) {
        row.setLength(0);
        number(line.line());
        text(line.id());
        number(line.atMicros());
        caller(line.caller());
        text(line.terms().model());
        text(line.terms().backend());
        text(line.terms().price());
        text(line.terms().configuration());
        text(line.terms().instead());
        text(line.terms().tags());
        number(line.end().durationMicros());
        text(line.end().outcome());
        line.end().reason().ifPresentOrElse(this::text, () -> row.append("\\N\t"));
        number(line.end().reach() == Reach.BACKEND ? 1 : 0);
        number(line.end().reach() == Reach.ANSWER_OF_ANOTHER ? 1 : 0);
        number(line.end().charged() ? 1 : 0);
        amounts(line.amounts());
        text(readable(line.json()));
        row.setCharAt(row.length() - 1, '\n');
        chunk.writeBytes(row.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void caller(Caller caller) {
        text(caller.tenant());
        optional(caller.team());
        optional(caller.user());
        text(caller.key());
        text(caller.tier());
        optional(caller.endUser());
    }

    private void amounts(Entry.Amounts amounts) {
        Usage usage = amounts.usage();
        number(usage.inputTokens());
        number(usage.cachedInputTokens());
        number(usage.outputTokens());
        number(usage.reasoningTokens());
        text(amounts.source());
        number(amounts.costNanoUsd());
        number(amounts.credits());
        number(amounts.providerCostNanoUsd());
        number(amounts.refusedNanoUsd());
    }

    private void number(long value) {
        row.append(value).append('\t');
    }

    private void optional(Optional<String> value) {
        text(value.orElse(""));
    }

    /** JSON whose texts PostgreSQL can read: it takes an escaped U+0000, but refuses whoever asks for that text. */
    private static String readable(String json) {
        if (!json.contains(NUL)) {
            return json;
        }
        StringBuilder readable = new StringBuilder(json);
        for (int i = json.indexOf('\\'); i >= 0; i = json.indexOf('\\', i + 2)) {
            if (json.startsWith(NUL, i)) {
                readable.replace(i, i + NUL.length(), REPLACEMENT_ESCAPED);
            }
        }
        return readable.toString();
    }

    /** As COPY reads it. PostgreSQL has no texts with U+0000, which a caller may put into the name of a model. */
    private void text(String value) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> row.append("\\\\");
                case '\t' -> row.append("\\t");
                case '\n' -> row.append("\\n");
                case '\r' -> row.append("\\r");
                case 0 -> row.append(REPLACEMENT);
                default -> row.append(c);
            }
        }
        row.append('\t');
    }
}
