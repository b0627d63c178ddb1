package io.atlas.delivery;

import io.atlas.exchange.Services;
import io.atlas.exchange.Stop;
import io.atlas.exchange.Trail;
import io.atlas.kernel.reason.Reason;
import io.atlas.kernel.receipt.Outcome;
import io.atlas.kernel.receipt.Step;
import io.atlas.model.Health;
import io.atlas.pool.Draw;
import io.atlas.telemetry.Telemetry.Reach;
import io.atlas.upstream.RateLimits;
import io.vertx.core.http.HttpClientResponse;
import java.util.OptionalLong;

/** What an attempt says of the deployment that it was sent to: told to its condition, the metrics and the receipt. */
final class Vitals {
    private static final int LEAST_TOKENS = 16;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Services services;
    private final Trail trail;

    Vitals(Services services, Trail trail) {
        this.services = services;
        this.trail = trail;
    }

    /** The head of an answer came. A backend that is full is well. */
    void headCame(Answering answering) {
        Chosen chosen = answering.chosen();
        HttpClientResponse head = answering.head();
        trail.draw().ifPresent(draw -> heard(draw, chosen.backend().health(), head));
        switch (StatusMeaning.of(head.statusCode())) {
            case ANSWER -> answered(chosen);
            case REJECTED -> {
                chosen.condition().served(sentMicros(), nowMicros());
                up(chosen);
            }
            case FULL -> {
                answered(chosen);
                chosen.condition()
                        .isFull(
                                nowMicros(),
                                RetryAfter.millis(
                                        head.headers(), services.time().epochMicros()),
                                chosen.backend().health());
            }
            case FAILED -> failed(chosen);
        }
    }

    /** A provider tells with each answer how much is left of its quotas. Only a 429 is a word on those and nothing else. */
    private void heard(Draw draw, Health health, HttpClientResponse head) {
        long epochMicros = services.time().epochMicros();
        services.pools().hear(draw, RateLimits.told(head.headers(), epochMicros), epochMicros);
        if (head.statusCode() == 429) {
            OptionalLong millis = RetryAfter.millis(head.headers(), epochMicros);
            long longest = health.longestRest().toMillis();
            millis.ifPresent(wait -> services.pools().close(draw, epochMicros + Math.min(wait, longest) * 1_000));
        }
    }

    /** No answer began, and that is the deployment's fault. */
    void unanswered(Chosen chosen, String how) {
        metTheClose(chosen, how);
        failed(chosen);
    }

    /** No connection could be made. */
    void unreachable(Chosen chosen) {
        unanswered(chosen, "connect");
        services.telemetry().backendUp(chosen.backend().name(), Reach.DOWN);
    }

    /** No answer began, as an idle connection was closed just then: that is nobody's fault. */
    void metTheClose(Chosen chosen, String how) {
        services.telemetry().backendError(chosen.backend().name(), how);
        attempted(chosen, 0, how);
    }

    /** Nobody waits for the head of its answer any more: that is not its doing. */
    void givenUp(Chosen chosen, Stop stop) {
        attempted(chosen, 0, end(stop));
    }

    /** The first token of a stream has come. */
    void firstToken(Chosen chosen) {
        long now = services.time().nanos();
        chosen.condition().firstToken((now - trail.times().sent) / 1_000, now / 1_000);
    }

    /** A stream has ended, after so many tokens. Of a short one nothing can be said. */
    void pace(Chosen chosen, long tokens) {
        long now = services.time().nanos();
        long nanos = now - trail.arrival().startNanos() - trail.times().firstToken;
        if (tokens >= LEAST_TOKENS && trail.times().firstToken > 0 && nanos > 0) {
            chosen.condition().pace((tokens - 1) * NANOS_PER_SECOND / nanos, now / 1_000);
        }
    }

    /** An answer is over. */
    void over(Answering answering, Stop stop) {
        Chosen chosen = answering.chosen();
        int status = answering.head().statusCode();
        if (StatusMeaning.of(status) != StatusMeaning.ANSWER) {
            services.telemetry().backendError(chosen.backend().name(), "status_" + status / 100 + "xx");
        } else if (stop.outcome() == Outcome.FAILED) {
            services.telemetry().backendError(chosen.backend().name(), "broken");
            failed(chosen);
        } else if (stop.outcome() == Outcome.SERVED) {
            chosen.condition().served(sentMicros(), nowMicros());
        }
        attempted(chosen, status, end(stop));
    }

    private static String end(Stop stop) {
        return stop.reason().map(Reason::code).orElse("served");
    }

    private void answered(Chosen chosen) {
        chosen.condition().answered(sentMicros(), nowMicros(), chosen.backend().health());
        up(chosen);
    }

    private void up(Chosen chosen) {
        services.telemetry().backendUp(chosen.backend().name(), Reach.UP);
    }

    /** The deployment has failed. */
    void failed(Chosen chosen) {
        chosen.condition().failed(sentMicros(), nowMicros(), chosen.backend().health());
        if (!chosen.condition().healthy(nowMicros())) {
            services.telemetry().backendUp(chosen.backend().name(), Reach.DOWN);
        }
    }

    private void attempted(Chosen chosen, int status, String ended) {
        long now = services.time().nanos();
        trail.step(new Step.Attempted(trail.afterMicros(now), chosen.label(), status, ended));
    }

    private long sentMicros() {
        return trail.times().sent / 1_000;
    }

    private long nowMicros() {
        return services.time().nanos() / 1_000;
    }
}
