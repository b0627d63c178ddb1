package io.atlas.admission;

import io.vertx.core.MultiMap;
import java.util.List;

/** Whether a caller takes another model than the one that he asks for, where a header says so. */
enum ModelWish {
    /** A cheaper one will do. */
    ANY,
    /** The one that he asks for, or none. */
    EXACT,
    /** The header says nothing that makes sense. */
    WRONG;

    /** The header. */
    static final String HEADER = "x-atlas-no-downgrade";

    /** What the headers say. */
    static ModelWish of(MultiMap headers) {
        List<String> said = headers.getAll(HEADER);
        if (said.isEmpty()) {
            return ANY;
        }
        return switch (said.size() == 1 ? said.getFirst() : "") {
            case "true" -> EXACT;
            case "false" -> ANY;
            default -> WRONG;
        };
    }
}
