package io.atlas.scenario;

import java.util.List;

/** A play when it is over: each tenant while it was calm, and during the noise. */
public record Review(List<Line> lines) {
    public Review {
        lines = List.copyOf(lines);
    }

    /** One tenant. */
    public record Line(String tenant, Seen calm, Seen noise) {}
}
