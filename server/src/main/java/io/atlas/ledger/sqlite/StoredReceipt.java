package io.atlas.ledger.sqlite;

import io.atlas.kernel.receipt.Receipt;
import io.atlas.ledger.sql.FiguresJson;
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
 * A receipt as it lies in the file: Smile, which is JSON in binary and has each name once. Its receipts have three
 * fifths of the bytes, and every byte is written twice, into the log and into the database. It is JSON again as soon as
 * it is read. Files of older versions have JSON, which stays as it is.
 */
final class StoredReceipt {
    private static final SmileFactory SMILE = SmileFactory.builder()
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .build();
    private static final JsonFactory JSON = new JsonFactory();
    private static final int USUAL_BYTES = 1_536;

    private StoredReceipt() {}

    /** The bytes to store. */
    static byte[] of(Receipt receipt) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(USUAL_BYTES);
        try (JsonGenerator smile = SMILE.createGenerator(ObjectWriteContext.empty(), bytes)) {
            ReceiptJson.write(smile, receipt);
        }
        return bytes.toByteArray();
    }

    /**
     * The receipt in JSON, of a row that has {@code receipt.json} and {@code receipt.smile}; where it is not kept any more,
     * what {@link FiguresJson} makes of the rest of the row.
     */
    static String json(ResultSet row) throws SQLException {
        byte[] smile = row.getBytes("smile");
        if (smile != null) {
            return json(smile);
        }
        String older = row.getString("json");
        return older.isEmpty() ? FiguresJson.of(row) : older;
    }

    /** The JSON of what was stored. */
    static String json(byte[] stored) {
        StringWriter text = new StringWriter(2 * stored.length);
        try (JsonParser smile = SMILE.createParser(ObjectReadContext.empty(), stored);
                JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            smile.nextToken();
            json.copyCurrentStructure(smile);
        }
        return text.toString();
    }
}
