package io.atlas.books;

import io.atlas.config.InForce;
import io.atlas.config.Principal;
import io.atlas.config.Snapshot;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.receipt.Asked;
import io.atlas.kernel.receipt.Asked.Answering;
import io.atlas.kernel.receipt.Charge;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Receipt;
import io.atlas.kernel.receipt.Served;
import io.atlas.kernel.unit.Usage;
import io.atlas.model.Model;
import io.atlas.store.memory.MemoryStore;
import io.atlas.time.TimeSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** Asks as the gateway does: reserves, settles, and writes a line, in the configuration of the moment it began. */
final class Customer {
    private static final AtomicLong NUMBER = new AtomicLong();
    private static final Demand BOUND = new Demand(1_000, 1_000, 10_000_000);
    private static final int AT_ONCE = 8;

    private final Books books;
    private final MemoryStore store;
    private final InForce inForce;
    private final Random random;
    private final TimeSource time = TimeSource.system();

    Customer(Books books, MemoryStore store, InForce inForce, Random random) {
        this.books = books;
        this.store = store;
        this.inForce = inForce;
        this.random = random;
    }

    /** A request that holds what it may need. */
    record Open(
            Customer customer,
            Snapshot snapshot,
            Principal principal,
            Model model,
            Reservation reservation,
            long atMicros) {
        /** It took so much. */
        CompletableFuture<Void> endLater(long inputTokens, long outputTokens) {
            Usage usage = Usage.of(inputTokens, outputTokens);
            long cost = model.price().nanoUsd(usage);
            customer.store.settle(
                    reservation, new Demand(inputTokens, outputTokens, cost), customer.time.epochMicros());
            return customer.write(this, Ending.SERVED, usage, cost);
        }

        void end(long inputTokens, long outputTokens) {
            endLater(inputTokens, outputTokens).join();
        }

        /** It failed. */
        CompletableFuture<Void> fail() {
            customer.store.release(reservation, customer.time.epochMicros());
            return customer.write(this, Ending.BACKEND_ERROR, Usage.NONE, 0);
        }
    }

    /** Asks again and again, with some requests open at any time; returns how many there were. */
    int askWhile(BooleanSupplier going) {
        Deque<Open> open = new ArrayDeque<>();
        Deque<CompletableFuture<Void>> lines = new ArrayDeque<>();
        int requests = 0;
        while (going.getAsBoolean()) {
            open.add(begin());
            requests++;
            if (open.size() > random.nextInt(AT_ONCE)) {
                lines.add(end(open.remove()));
            }
            if (lines.size() > random.nextInt(AT_ONCE)) {
                lines.remove().join();
            }
        }
        open.forEach(request -> lines.add(end(request)));
        lines.forEach(CompletableFuture::join);
        return requests;
    }

    Open begin() {
        return begin(World.MODELS.get(random.nextInt(World.MODELS.size())));
    }

    Open begin(String name) {
        long now = time.epochMicros();
        Snapshot snapshot = inForce.get();
        Principal principal = BooksTest.principal(snapshot, World.SECRETS.get(random.nextInt(World.SECRETS.size())));
        Model model = snapshot.model(name).orElseThrow();
        Verdict verdict = reserve(snapshot, principal, model, now);
        if (!(verdict instanceof Verdict.Granted granted)) {
            throw new AssertionError(verdict);
        }
        return new Open(this, snapshot, principal, model, granted.reservation(), now);
    }

    /** Whether a request that began in that configuration is refused now. */
    boolean refusedIn(Snapshot snapshot) {
        Principal principal = BooksTest.principal(snapshot, World.SECRETS.getFirst());
        Model model = snapshot.model("small").orElseThrow();
        return reserve(snapshot, principal, model, time.epochMicros()) instanceof Verdict.Refused;
    }

    private Verdict reserve(Snapshot snapshot, Principal principal, Model model, long now) {
        return store.reserve("r", snapshot.path(principal, model), BOUND, now)
                .toCompletableFuture()
                .join();
    }

    private CompletableFuture<Void> end(Open request) {
        return random.nextInt(10) == 0
                ? request.fail()
                : request.endLater(random.nextInt(1, 1_000), random.nextInt(1, 1_000));
    }

    private CompletableFuture<Void> write(Open request, Ending ending, Usage usage, long cost) {
        Receipt receipt = new Receipt(
                "req_%032x".formatted(NUMBER.incrementAndGet()),
                request.atMicros,
                1_000,
                request.principal.caller(),
                new Asked(
                        "openai", "/v1/chat/completions", request.model.name(), Answering.WHOLE, OptionalLong.empty()),
                ending == Ending.SERVED ? Outcome.SERVED : Outcome.FAILED,
                Optional.empty(),
                Optional.of(new Served(request.model.name(), "sim")),
                List.of(),
                Charge.of(ending, Optional.of(usage), usage),
                cost,
                0,
                0,
                0,
                request.model.priceVersion(),
                request.snapshot.configuration().version(),
                Optional.empty());
        return books.record(receipt, Optional.of(request.reservation)).toCompletableFuture();
    }
}
