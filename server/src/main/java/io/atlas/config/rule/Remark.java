package io.atlas.config.rule;

import java.util.List;

/**
 * What a rule has to say of a place of the configuration.
 *
 * @param path keys and indices from the top of the file
 * @param message what was found and what was expected, in one line, without a secret
 */
public record Remark(List<String> path, String message) {
    public Remark {
        path = List.copyOf(path);
    }
}
