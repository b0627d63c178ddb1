package io.atlas.gateway;

import io.atlas.answer.Advice;
import io.atlas.dialect.neutral.Fault;
import io.atlas.exchange.Farewell;
import io.atlas.kernel.quota.Verdict.Refused;
import java.util.Optional;
import java.util.OptionalLong;

/** An error as it is told: why, by which limits, and when to come back. */
record Telling(Fault fault, Optional<Refused> refused, OptionalLong retryAfterMillis) {
    static Telling of(Farewell.Failure error) {
        return new Telling(
                error.fault(),
                error.refused(),
                Advice.retryAfterMillis(error.fault().reason(), error.refused()));
    }

    static Telling of(Farewell.ComeBack later) {
        return new Telling(later.fault(), Optional.empty(), OptionalLong.of(later.retryAfterMillis()));
    }

    static Telling of(Farewell.Outside outside) {
        return of(new Farewell.Failure(outside.fault(), Optional.empty()));
    }

    /** What is told where nobody is served; nothing where somebody is, or nobody is there. */
    static Optional<Telling> of(Farewell farewell) {
        return switch (farewell) {
            case Farewell.Failure error -> Optional.of(of(error));
            case Farewell.ComeBack later -> Optional.of(of(later));
            case Farewell.Outside outside -> Optional.of(of(outside));
            case Farewell.Whole _, Farewell.EndOfStream _, Farewell.Nothing _ -> Optional.empty();
        };
    }
}
