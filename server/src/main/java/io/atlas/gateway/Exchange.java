package io.atlas.gateway;

import static io.atlas.exchange.Passage.then;

import io.atlas.admission.Attribute;
import io.atlas.admission.Decode;
import io.atlas.admission.Economise;
import io.atlas.admission.Estimate;
import io.atlas.admission.Reserve;
import io.atlas.delivery.Answering;
import io.atlas.delivery.Relay;
import io.atlas.dialect.neutral.Fault;
import io.atlas.dialect.openai.Route;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Farewell;
import io.atlas.exchange.Identified;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Relayed;
import io.atlas.exchange.Services;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Ending;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.repeat.Remember;
import io.atlas.repeat.Repeat;
import io.atlas.upstream.BackendClients;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole way of one request, in one line. Each stage takes what the one before it made, and may stop the request; every
 * way, that of a refusal and of a caller who left too, goes through Settle and Record before the last byte is written.
 */
final class Exchange {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Attribute attribute;
    private final Decode decode;
    private final Repeat repeat;
    private final Estimate estimate;
    private final Economise economise;
    private final Reserve reserve;
    private final Attempts attempts;
    private final Relay relay;
    private final Settle settle;
    private final Advise advise;
    private final LedgerLine record;
    private final Remember remember;
    private final Answerer answerer;
    private final Trail trail;
    private final Services services;

    Exchange(Services services, BackendClients clients, Context context, Route route, Trail trail) {
        this.services = services;
        this.trail = trail;
        this.attribute = new Attribute(services, trail);
        this.decode = new Decode(services, context.owner(), route, trail);
        this.repeat = new Repeat(services, context, trail);
        this.estimate = new Estimate(services, context, trail);
        this.economise = new Economise(services, estimate, trail);
        this.reserve = new Reserve(services, estimate, trail);
        this.attempts = new Attempts(services, clients, context, trail);
        this.relay = new Relay(services, context, trail);
        this.settle = new Settle(services, estimate, context, trail);
        this.advise = new Advise(services, trail);
        this.record = new LedgerLine(services, context, trail);
        this.remember = new Remember(services, trail);
        this.answerer = new Answerer(services, context, trail);
    }

    /** Serves the request of that caller; completes when its last byte is written. */
    Future<Void> run(Identified caller) {
        return Passage.onward(caller)
                .compose(then(attribute))
                .compose(then(decode))
                .compose(then(repeat))
                .compose(then(this::decisionBegins))
                .compose(then(estimate))
                .compose(then(economise))
                .compose(then(reserve))
                .compose(then(attempts))
                .compose(then(this::answerBegins))
                .compose(then(relay))
                .map(this::answerEnded)
                .otherwise(this::defect)
                .compose(settle::settle)
                .compose(advise::advise)
                .compose(settled -> record.write(settled).compose(kept -> {
                    remembered(settled, kept);
                    return answerer.answer(settled, kept);
                }))
                .onFailure(_ -> remember.lost());
    }

    private Future<Passage<Asking>> decisionBegins(Asking asking) {
        trail.times().quotaCheck = services.time().nanos();
        return Passage.onward(asking);
    }

    private Future<Passage<Answering>> answerBegins(Answering answering) {
        Answerer.admitted(trail);
        remember.begun();
        return Passage.onward(answering);
    }

    private void remembered(Settle.Settled settled, LedgerLine.Kept kept) {
        switch (kept) {
            case DURABLE -> remember.ended(settled.stop());
            case LOST -> remember.lost();
        }
    }

    /** A stage failed for a reason of its own. What was taken is given back, and what was sent is charged. */
    private Stop defect(Throwable defect) {
        LOG.atError().setCause(defect).addKeyValue("request", trail.id()).log("a stage failed");
        Ending ending = trail.served().isPresent() ? Ending.BROKEN_BEFORE_FIRST_BYTE : Ending.NEVER_SENT;
        Fault fault =
                Fault.of(Reason.INTERNAL_ERROR, "this gateway failed; the operator finds why under the request's id");
        return new Stop(
                ending,
                Outcome.FAILED,
                Optional.of(Reason.INTERNAL_ERROR),
                Optional.empty(),
                Relayed.NOTHING,
                new Farewell.Failure(fault, Optional.empty()));
    }

    private Stop answerEnded(Passage<Stop> passage) {
        if (trail.times().sent > 0) {
            trail.times().backend += services.time().nanos() - trail.times().sent;
        }
        return switch (passage) {
            case Passage.Onward<Stop> onward -> onward.next();
            case Passage.Stopped<Stop> stopped -> stopped.stop();
        };
    }
}
