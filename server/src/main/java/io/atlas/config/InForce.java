package io.atlas.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The configuration in force: what the file says and the keys issued beside it, as one immutable snapshot that is replaced
 * as a whole. Who asks gets the snapshot of that moment, and keeps it for as long as the request lasts.
 */
public final class InForce implements Supplier<Snapshot> {
    private volatile Snapshot snapshot;
    private final List<Consumer<Snapshot>> preparations = new ArrayList<>();
    private Configuration configuration;
    private List<IssuedKey> issued;

    /** In force from the start. */
    public InForce(Configuration configuration, List<IssuedKey> issued) {
        this.configuration = configuration;
        this.issued = List.copyOf(issued);
        this.snapshot = new Snapshot(configuration, this.issued);
    }

    @Override
    public Snapshot get() {
        return snapshot;
    }

    /**
     * From now on this is done with every snapshot before it comes into force; where it fails, the one before stays. It
     * may block.
     */
    public synchronized void prepare(Consumer<Snapshot> preparation) {
        preparations.add(preparation);
    }

    /** Puts another configuration in force; the issued keys stay. */
    public synchronized void configure(Configuration next) {
        replace(next, issued);
    }

    /** Puts these issued keys in force, instead of those before; the configuration stays. */
    public synchronized void issue(List<IssuedKey> keys) {
        replace(configuration, List.copyOf(keys));
    }

    private void replace(Configuration nextConfiguration, List<IssuedKey> nextIssued) {
        Snapshot next = new Snapshot(nextConfiguration, nextIssued);
        preparations.forEach(preparation -> preparation.accept(next));
        configuration = nextConfiguration;
        issued = nextIssued;
        snapshot = next;
    }
}
