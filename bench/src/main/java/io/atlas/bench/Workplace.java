package io.atlas.bench;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a bench finds what it measures, and where it may write: what its script says. */
final class Workplace {
    @Option(names = "--root", required = true, hidden = true)
    private Path root = Path.of("");

    @Option(names = "--work", required = true, hidden = true)
    private Path work = Path.of("");

    /** A stage with a free port for the upstream. */
    Stage stage(int workers, Optional<Path> rival, String rivalOptions) {
        return new Stage(root, work, Stage.freePort(), workers, new Stage.Rival(rival.orElse(root), rivalOptions));
    }

    /** A stage for Atlas alone. */
    Stage stage() {
        return stage(1, Optional.empty(), "");
    }
}
