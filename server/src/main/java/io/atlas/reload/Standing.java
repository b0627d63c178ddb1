package io.atlas.reload;

import io.atlas.yaml.Finding;
import java.util.List;
import java.util.Optional;

/**
 * How it stands with the configuration.
 *
 * @param version of the one in force
 * @param sinceMicros when it came into force
 * @param refused what is wrong with the file as it is now, if it is not in force
 */
public record Standing(String version, long sinceMicros, Optional<Refused> refused) {
    /**
     * A file that was not put in force.
     *
     * @param reason in one line
     * @param findings where, and what was expected; none where the file is not at fault
     */
    public record Refused(long atMicros, String reason, List<Finding> findings) {
        public Refused {
            findings = List.copyOf(findings);
        }
    }
}
