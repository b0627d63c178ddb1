package io.atlas.replay;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The named answers of one node, in its memory: at most 50,000 names and 64 MiB of answers. What is on its way is not its
 * matter, as one node knows that by its {@link Recordings}.
 */
public final class MemoryAnswers implements AnswerStore {
    private static final int MOST_NAMES = 50_000;
    private static final long MOST_BYTES = 64 << 20;

    private final Shelf shelf;

    /** No answers yet. */
    public MemoryAnswers() {
        this(MOST_NAMES, MOST_BYTES);
    }

    MemoryAnswers(int mostNames, long mostBytes) {
        shelf = new Shelf(mostNames, mostBytes, KEPT_MICROS);
    }

    @Override
    public CompletionStage<Claim> claim(RequestName.Keyed name, String bodyHex, long nowMicros) {
        return CompletableFuture.completedStage(known(name, bodyHex, nowMicros).orElseGet(Claim.Granted::new));
    }

    /** What is known of the name, if anything is. */
    public Optional<Claim> known(RequestName.Keyed name, String bodyHex, long nowMicros) {
        return shelf.look(name, nowMicros).map(place -> {
            if (!place.bodyHex().equals(bodyHex)) {
                return new Claim.Mismatch();
            }
            return place.answer().<Claim>map(Claim.Answered::new).orElseGet(Claim.Gone::new);
        });
    }

    @Override
    public void renew(RequestName.Keyed name, String bodyHex, long nowMicros) {}

    @Override
    public void keep(RequestName.Keyed name, String bodyHex, KeptAnswer answer, long nowMicros) {
        shelf.put(name, bodyHex, Optional.of(answer), nowMicros);
    }

    @Override
    public void keepNothing(RequestName.Keyed name, String bodyHex, long nowMicros) {
        shelf.put(name, bodyHex, Optional.empty(), nowMicros);
    }

    @Override
    public void free(RequestName.Keyed name) {
        shelf.remove(name);
    }
}
