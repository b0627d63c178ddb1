package io.atlas.config.yaml;

import io.atlas.config.Configuration;
import io.atlas.yaml.Finding;
import io.atlas.yaml.Source;
import java.util.List;

/** What became of reading a configuration file; findings stand in the order of the file. */
public sealed interface Reading {
    /** The file is sound; the warnings should still be read. */
    record Valid(Configuration configuration, List<Finding> warnings) implements Reading {
        public Valid {
            warnings = List.copyOf(warnings);
        }
    }

    /** The file has at least one error; these are all of its errors and warnings. */
    record Invalid(List<Finding> findings) implements Reading {
        public Invalid {
            findings = List.copyOf(findings);
        }
    }

    /** What has become of a file if the configuration is what it says. */
    static Reading of(Source source, Configuration configuration) {
        return source.failed() ? new Invalid(source.findings()) : new Valid(configuration, source.findings());
    }
}
