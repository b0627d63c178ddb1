package io.atlas.bench;

import io.atlas.bench.load.Books;
import io.atlas.bench.load.Target;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A proxy that runs.
 *
 * @param process what is measured; absent for the upstream itself
 * @param ledger what it says it has charged so far, where it keeps books
 */
record Proxy(String name, Target target, Optional<Child> process, Optional<Supplier<Books>> ledger)
        implements AutoCloseable {
    /** Atlas as a proxy among others. */
    static Proxy of(String name, Atlas atlas) {
        return new Proxy(name, atlas.target(Setups.KEY), Optional.of(atlas.process()), Optional.of(atlas::books));
    }

    @Override
    public void close() {
        process.ifPresent(Child::close);
    }
}
