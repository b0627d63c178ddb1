package io.atlas.dialect.openai;

import tools.jackson.core.JsonParser;

/**
 * What a {@code choices} array says, be it of an answer or of a chunk.
 *
 * @param count how many choices are in it
 * @param index the index of the last of them
 * @param finished how many say that they are at their end
 */
record Choices(int count, int index, int finished) {
    /** No array was there. */
    static final Choices ABSENT = new Choices(-1, 0, 0);

    /** Reads the array that the parser stands on, and appends what was written in whatever field. */
    static Choices read(JsonParser json, StringBuilder text) {
        if (!json.currentToken().isStructStart()) {
            return ABSENT;
        }
        int depth = 0;
        int count = 0;
        int index = 0;
        int finished = 0;
        String name = "";
        do {
            switch (json.currentToken()) {
                case START_ARRAY -> depth++;
                case START_OBJECT -> {
                    depth++;
                    count += depth == 2 ? 1 : 0;
                }
                case END_ARRAY, END_OBJECT -> depth--;
                case PROPERTY_NAME -> name = json.currentName();
                case VALUE_NUMBER_INT -> index = depth == 2 && name.equals("index") ? json.getIntValue() : index;
                case VALUE_STRING -> {
                    if (written(name)) {
                        text.append(json.getString());
                    }
                    finished += depth == 2 && name.equals("finish_reason") ? 1 : 0;
                }
                default -> {}
            }
        } while (depth > 0 && json.nextToken() != null);
        return new Choices(count, index, finished);
    }

    boolean present() {
        return count >= 0;
    }

    private static boolean written(String name) {
        return switch (name) {
            case "content", "reasoning", "reasoning_content", "refusal", "arguments", "name", "text" -> true;
            default -> false;
        };
    }
}
