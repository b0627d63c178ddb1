package io.atlas.scenario;

import java.util.List;

/** Who plays, and what happens one after the other. */
record Script(List<Part> parts, List<Act> acts) {
    Script {
        parts = List.copyOf(parts);
        acts = List.copyOf(acts);
    }
}
