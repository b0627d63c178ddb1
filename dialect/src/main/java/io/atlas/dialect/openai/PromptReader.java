package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask.PromptSize;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads what is to be continued or embedded: a text, texts, the token ids of a text, or those of several. Token ids are
 * counted as they are, text is not.
 */
final class PromptReader {
    private static final String EXPECTED = " (expected: a text, token ids, or a list of either)";

    private final String field;
    private final int max;
    private int count;
    private long tokenIds;
    private long idBytes;

    PromptReader(String field, int max) {
        this.field = field;
        this.max = max;
    }

    /** How many texts or rows of token ids there are. */
    int count() {
        return count;
    }

    /** The size of it, where the fields of the prompt have so many bytes. */
    PromptSize size(long bytes) {
        if (count == 0) {
            throw new WrongField(field, field + ": missing" + EXPECTED);
        }
        return new PromptSize(bytes - idBytes, 0, 0, count, tokenIds, 0);
    }

    /** Reads the value that the parser stands on. */
    void read(JsonParser json) {
        switch (json.currentToken()) {
            case VALUE_STRING -> count = 1;
            case VALUE_NULL -> {}
            case START_ARRAY -> list(json);
            default -> throw new WrongField(field, field + ": neither a text nor a list" + EXPECTED);
        }
    }

    private void list(JsonParser json) {
        long start = json.currentTokenLocation().getByteOffset();
        switch (json.nextToken()) {
            case VALUE_STRING -> texts(json);
            case VALUE_NUMBER_INT -> {
                row(json);
                count = 1;
            }
            case START_ARRAY -> rows(json);
            default -> throw new WrongField(field, field + ": an empty or mixed list" + EXPECTED);
        }
        if (tokenIds > 0) {
            idBytes = json.currentLocation().getByteOffset() - start;
        }
    }

    private void texts(JsonParser json) {
        do {
            if (json.currentToken() != JsonToken.VALUE_STRING) {
                throw new WrongField(field, field + "[" + count + "]: not a text like those before it");
            }
            next();
        } while (json.nextToken() != JsonToken.END_ARRAY);
    }

    private void rows(JsonParser json) {
        do {
            if (json.currentToken() != JsonToken.START_ARRAY || json.nextToken() == JsonToken.END_ARRAY) {
                throw new WrongField(field, field + "[" + count + "]: not a list of token ids");
            }
            row(json);
            next();
        } while (json.nextToken() != JsonToken.END_ARRAY);
    }

    /** Reads token ids from the current one to the end of their list. */
    private void row(JsonParser json) {
        do {
            if (json.currentToken() != JsonToken.VALUE_NUMBER_INT || notAnId(json)) {
                throw new WrongField(field, field + ": a token id is not a whole number from 0 to 2147483647");
            }
            tokenIds++;
        } while (json.nextToken() != JsonToken.END_ARRAY);
    }

    /** Whether the integer is negative, minus zero, or larger than any vocabulary. */
    private static boolean notAnId(JsonParser json) {
        return json.getNumberType() != JsonParser.NumberType.INT
                || json.getString().startsWith("-");
    }

    private void next() {
        count++;
        if (count > max) {
            throw new WrongField(field, field + ": too many (expected: at most " + max + ")");
        }
    }
}
