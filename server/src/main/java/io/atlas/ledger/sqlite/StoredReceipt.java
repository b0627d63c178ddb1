package io.atlas.ledger.sqlite;

import io.atlas.answer.AskedJson;
import io.atlas.answer.StepJson;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.sql.ReceiptJson;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.sql.ResultSet;
import java.sql.SQLException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;
import tools.jackson.dataformat.smile.SmileFactory;

/**
 * A receipt as it lies in the file: what the other tables do not have of its line, as every byte is written twice, into
 * the log and into the database. It lies there in Smile, which is JSON in binary and has each name once, and is JSON again
 * as soon as it is read. Lines of older versions have whole receipts, in Smile or in JSON, which stay as they are.
 */
final class StoredReceipt {
    private static final SmileFactory SMILE = SmileFactory.builder()
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();
    private static final JsonFactory JSON = new JsonFactory();
    private static final int USUAL_BYTES = 1_024;

    private StoredReceipt() {}

    /** The bytes to store. */
    static byte[] of(Receipt receipt) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator smile = SMILE.createGenerator(ObjectWriteContext.empty(), bytes)) {
            smile.writeStartObject();
            AskedJson.asked(smile, receipt.asked());
            StepJson.write(smile, receipt.steps());
            receipt.trace().ifPresent(trace -> smile.writeStringProperty("trace_id", trace.traceId()));
            smile.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /**
     * The receipt in JSON, of a row that has the columns of {@code receipt} and what {@link ReceiptJson} needs; where it is
     * not kept any more, its figures.
     */
    static String json(ResultSet row) throws SQLException {
        byte[] rest = row.getBytes("rest");
        if (rest != null) {
            try (JsonParser read = SMILE.createParser(ObjectReadContext.empty(), rest)) {
                return ReceiptJson.of(row, read);
            }
        }
        byte[] smile = row.getBytes("smile");
        if (smile != null) {
            return whole(smile);
        }
        String older = row.getString("json");
        return older.isEmpty() ? ReceiptJson.figures(row) : older;
    }

    private static String whole(byte[] stored) {
        StringWriter text = new StringWriter(2 * stored.length);
        try (JsonParser smile = SMILE.createParser(ObjectReadContext.empty(), stored);
                JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            smile.nextToken();
            json.copyCurrentStructure(smile);
        }
        return text.toString();
    }
}
