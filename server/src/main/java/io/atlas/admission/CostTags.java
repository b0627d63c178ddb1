package io.atlas.admission;

import io.atlas.exchange.TagSets;
import io.atlas.kernel.receipt.Tags;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;

/** What a request is for, where a header says so. */
sealed interface CostTags {
    /** The header. */
    String HEADER = "x-atlas-tags";

    /** These, or none. */
    record Known(Tags tags) implements CostTags {}

    /** The header says nothing that can be kept. */
    record Wrong(String why) implements CostTags {}

    /** What the headers of a request of that tenant say. Several of them are one list, as HTTP has it. */
    static CostTags of(MultiMap headers, String tenant, TagSets sets) {
        List<String> said = headers.getAll(HEADER);
        if (said.isEmpty()) {
            return new Known(Tags.NONE);
        }
        Optional<Tags> tags = Tags.read(String.join(",", said));
        if (tags.isEmpty()) {
            return new Wrong(HEADER + ": not tags (expected: NAME=VALUE, at most " + Tags.MOST
                    + " of them with commas, each name once; a name has 1 to 24 of a-z 0-9 _ . - and begins with a letter,"
                    + " a value 1 to 48 of A-Z a-z 0-9 _ . : / @ + -)");
        }
        return sets.admits(tenant, tags.get())
                ? new Known(tags.get())
                : new Wrong(HEADER + ": one combination of tags too many (expected: at most " + TagSets.MOST
                        + " different ones for a tenant; what differs with every request is no tag)");
    }
}
