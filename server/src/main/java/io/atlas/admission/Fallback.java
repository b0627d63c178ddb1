package io.atlas.admission;

import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Candidates.Candidate;
import io.atlas.exchange.Held;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.quota.Verdict;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Step;
import io.atlas.model.Model;
import io.atlas.store.StoreAway;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * The model that stands in where no deployment of the one that was held is healthy: along the chain that it names, the
 * first which the caller may use, which can do what he asks for and has room for it, and of which a deployment is healthy.
 * What was held is given back, and the request is held anew, on the limits and at the price of that model, before anything
 * is sent there.
 */
public final class Fallback implements Stage<Held, Held> {
    private static final String SECOND_HOLD = "/fallback";

    private final Services services;
    private final Trail trail;
    private final Findings findings;
    private final Predicate<Model> usable;

    /** A fallback to models that can serve. */
    public Fallback(Services services, Trail trail, Predicate<Model> usable) {
        this.services = services;
        this.trail = trail;
        this.findings = new Findings(services, trail);
        this.usable = usable;
    }

    /** Whether there is such a model for the request. */
    public boolean possible(Held held) {
        return standIn(held).isPresent();
    }

    @Override
    public Future<Passage<Held>> pass(Held held) {
        Optional<Candidate> standIn = standIn(held);
        if (standIn.isEmpty()) {
            return Passage.stopped(unavailable(held));
        }
        return Future.fromCompletionStage(reserved(held, standIn.get()))
                .map(verdict -> passage(held, standIn.get(), verdict))
                .recover(failure -> failure instanceof StoreAway
                        ? Passage.stopped(unavailable(held))
                        : Future.failedFuture(failure));
    }

    private CompletionStage<Verdict> reserved(Held held, Candidate standIn) {
        Asking there = standIn.asking();
        // Another id, since a hold that has ended never begins again.
        String id = trail.id() + SECOND_HOLD;
        return services.store()
                .release(held.reservation(), services.time().epochMicros())
                .thenCompose(_ -> services.store()
                        .reserve(id, there.path(), standIn.sizes().demand(there.model()), trail.atMicros()));
    }

    private Passage<Held> passage(Held held, Candidate standIn, Verdict verdict) {
        return switch (verdict) {
            case Verdict.Refused refused -> {
                findings.doesNotFit(standIn, refused);
                yield new Passage.Stopped<>(unavailable(held));
            }
            case Verdict.Granted granted -> {
                trail.step(new Step.FellBack(
                        trail.afterMicros(services.time().nanos()),
                        held.asking().model().name(),
                        standIn.asking().model().name()));
                findings.heldAnew(standIn, granted.reservation());
                yield new Passage.Onward<>(new Held(standIn.asking(), standIn.sizes(), granted.reservation()));
            }
        };
    }

    /**
     * Who wants the model that he asks for, or none, gets no other. Nor does a request that counts on limits which stand
     * in for others: those are given for the models that are named there.
     */
    private Optional<Candidate> standIn(Held held) {
        boolean exact = ModelWish.of(trail.request().headers()) == ModelWish.EXACT;
        if (exact || !Step.instead(trail.steps()).isEmpty()) {
            return Optional.empty();
        }
        Asking asking = held.asking();
        Optional<Model> next = next(asking, asking.model());
        while (next.isPresent()) {
            Model model = next.get();
            Optional<Candidate> there = asking.servableBy(model) && usable.test(model)
                    ? Economise.at(services, model, asking, held.sizes())
                    : Optional.empty();
            if (there.isPresent()) {
                return there;
            }
            next = next(asking, model);
        }
        return Optional.empty();
    }

    private static Optional<Model> next(Asking asking, Model model) {
        return model.fallback().flatMap(name -> asking.caller().snapshot().model(name));
    }

    private static Stop unavailable(Held held) {
        return Stop.refused(Fault.of(
                Reason.BACKEND_UNAVAILABLE,
                "no backend of the model '" + held.asking().model().name() + "' is healthy now"));
    }
}
