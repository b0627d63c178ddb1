package io.atlas.admission;

import io.vertx.core.MultiMap;
import java.util.List;
import java.util.OptionalLong;

/** How long a caller is ready to wait for a model, in milliseconds, where a header says so. */
sealed interface MaxWait {
    /** The header. */
    String HEADER = "x-atlas-max-wait-ms";

    /** A day. */
    long MOST_MILLIS = 86_400_000;

    /** That long, or as long as the queue lets him. */
    record Millis(OptionalLong millis) implements MaxWait {}

    /** The header says nothing that makes sense. */
    record Wrong() implements MaxWait {}

    /** What the headers say. */
    static MaxWait of(MultiMap headers) {
        List<String> said = headers.getAll(HEADER);
        if (said.isEmpty()) {
            return new Millis(OptionalLong.empty());
        }
        String text = said.getFirst();
        boolean number = said.size() == 1 && text.length() <= 8 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!number || text.isEmpty() || Long.parseLong(text) > MOST_MILLIS) {
            return new Wrong();
        }
        return new Millis(OptionalLong.of(Long.parseLong(text)));
    }
}
