package io.atlas.config;

import io.atlas.model.PoolMove;
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
    private List<PoolMove> moves = List.of();

    /** In force from the start. */
    public InForce(Configuration configuration, List<IssuedKey> issued) {
        this.configuration = configuration;
        this.issued = List.copyOf(issued);
        this.snapshot = new Snapshot(configuration, this.issued, moves);
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
        replace(next, issued, moves);
    }

    /** Puts these issued keys in force, instead of those before; the configuration stays. */
    public synchronized void issue(List<IssuedKey> keys) {
        replace(configuration, List.copyOf(keys), moves);
    }

    /** Puts these moves between pools in force, instead of those before; the rest stays. */
    public synchronized void move(List<PoolMove> amounts) {
        replace(configuration, issued, List.copyOf(amounts));
    }

    private void replace(Configuration nextConfiguration, List<IssuedKey> nextIssued, List<PoolMove> nextMoves) {
        Snapshot next = new Snapshot(nextConfiguration, nextIssued, nextMoves);
        preparations.forEach(preparation -> preparation.accept(next));
        configuration = nextConfiguration;
        issued = nextIssued;
        moves = nextMoves;
        snapshot = next;
    }
}
