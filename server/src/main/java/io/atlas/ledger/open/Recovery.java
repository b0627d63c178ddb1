package io.atlas.ledger.open;

import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Charge;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.receipt.Step;
import io.atlas.ledger.Ledger;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The settlement of what a process had open when it died. */
public final class Recovery {
    /** Far fewer than a ledger lets wait. */
    private static final int AT_ONCE = 1_000;

    private Recovery() {}

    /**
     * Records a receipt for each survivor, and frees the table of them when all are in the ledger. A request that was
     * recorded before the process died keeps its line. Completes with the number of survivors.
     */
    public static CompletionStage<Integer> run(OpenTable table, Ledger ledger) {
        List<Survivor> survivors = table.survivors();
        CompletionStage<Void> recorded = CompletableFuture.completedStage(null);
        for (int i = 0; i < survivors.size(); i += AT_ONCE) {
            List<Survivor> some = survivors.subList(i, Math.min(i + AT_ONCE, survivors.size()));
            recorded = recorded.thenCompose(_ -> record(some, ledger));
        }
        return recorded.thenApply(_ -> {
            table.clearSurvivors();
            return survivors.size();
        });
    }

    private static CompletionStage<Void> record(List<Survivor> survivors, Ledger ledger) {
        return CompletableFuture.allOf(survivors.stream()
                .map(survivor -> ledger.record(receipt(survivor)).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
    }

    /** The receipt of a request whose process died. When it ended nobody knows, so it has no duration, and of its steps only what counts. */
    public static Receipt receipt(Survivor survivor) {
        OpenRequest request = survivor.request();
        Charge charge = Charge.of(ending(survivor.progress()), Optional.empty(), survivor.seen());
        return new Receipt(
                request.id(),
                request.atMicros(),
                0,
                request.caller(),
                request.asked(),
                Outcome.ABORTED,
                Optional.of(Reason.PROCESS_DIED),
                served(survivor),
                request.instead().isEmpty() ? List.of() : List.of(new Step.StoodIn(0, request.instead())),
                charge,
                request.price().nanoUsd(charge.usage()),
                request.price().credits(charge.usage()),
                request.providerPrice().nanoUsd(charge.usage()),
                0,
                request.priceVersion(),
                request.configuration(),
                Optional.empty());
    }

    private static Ending ending(Survivor.Progress progress) {
        return switch (progress) {
            case UNSENT -> Ending.DIED_UNSENT;
            case SENT -> Ending.DIED_SENT;
        };
    }

    private static Optional<Served> served(Survivor survivor) {
        return switch (survivor.progress()) {
            case UNSENT -> Optional.empty();
            case SENT -> Optional.of(survivor.request().served());
        };
    }
}
