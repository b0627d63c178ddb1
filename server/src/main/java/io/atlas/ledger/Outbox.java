package io.atlas.ledger;

import java.util.List;
import java.util.Optional;

/**
 * The lines of one node in the order of their numbers, for who carries them on. Every question blocks, and all but the
 * last line are for one thread.
 */
public interface Outbox extends AutoCloseable {
    /** The name of the node, which it keeps: made of nothing that changes with its host or its address. */
    String node();

    /** Takes another name: the lines of the old one are not only this node's. */
    void rename();

    /** The first lines after that number, in their order. */
    List<Entry> after(long line, int most);

    /** The id of the request of that line, if there is such a line. */
    Optional<String> idOf(long line);

    /** The number of the last line, 0 where there is none. From any thread. */
    long lastLine();

    /** The last line that was noted as carried on, 0 where none was. */
    long shippedLine();

    /** Notes up to which line all are carried on: what is known of it without asking who got them. */
    void noteShipped(long line);

    /** Lets go of the file. */
    @Override
    void close();
}
