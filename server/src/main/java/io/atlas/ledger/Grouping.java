package io.atlas.ledger;

import io.atlas.kernel.receipt.Tags;
import java.util.Optional;

/** What sums of usage can be made by. */
public sealed interface Grouping permits Dimension, Grouping.OfTag {
    /** What callers call it, and answers write: {@code tenant}, {@code tag:feature}. */
    String word();

    /** The value of one tag; a request without it has none. */
    record OfTag(String name) implements Grouping {
        private static final String PREFIX = "tag:";

        public OfTag {
            if (!Tags.isName(name)) {
                throw new IllegalArgumentException("tag: " + name + " (expected: a name that a tag may have)");
            }
        }

        @Override
        public String word() {
            return PREFIX + name;
        }
    }

    /** The one that the word stands for, if there is one. */
    static Optional<Grouping> of(String word) {
        if (word.startsWith(OfTag.PREFIX)) {
            return Optional.of(word.substring(OfTag.PREFIX.length()))
                    .filter(Tags::isName)
                    .map(OfTag::new);
        }
        return Dimension.of(word).map(dimension -> dimension);
    }
}
