package io.atlas.kernel.feature;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** Some of the features: what a request needs, or what a deployment can. */
public record Features(Set<Feature> all) {
    /** None: a request for plain text. */
    public static final Features NONE = new Features(Set.of());

    /** All of them: what says nothing can do everything. */
    public static final Features EVERY = new Features(EnumSet.allOf(Feature.class));

    public Features {
        all = Set.copyOf(all);
    }

    /** These and that one. */
    public Features with(Feature feature) {
        if (all.contains(feature)) {
            return this;
        }
        EnumSet<Feature> more = EnumSet.of(feature);
        more.addAll(all);
        return new Features(more);
    }

    /** Whether there is none. */
    public boolean none() {
        return all.isEmpty();
    }

    /** Whether nothing is needed that is not among these. */
    public boolean cover(Features needed) {
        return all.containsAll(needed.all);
    }

    /** One after the other, in the order in which they are declared. */
    public List<Feature> inOrder() {
        return Arrays.stream(Feature.values()).filter(all::contains).toList();
    }
}
