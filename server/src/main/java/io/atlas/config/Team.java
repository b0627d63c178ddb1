package io.atlas.config;

import io.atlas.kernel.quota.LimitSpec;
import java.util.List;

/** A part of an organisation. */
public record Team(String name, List<LimitSpec> limits, Members members) {
    public Team {
        limits = List.copyOf(limits);
    }
}
