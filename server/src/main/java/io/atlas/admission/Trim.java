package io.atlas.admission;

import io.atlas.dialect.openai.OpenAiRequest;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Candidates.Candidate;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.kernel.route.Saving;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** The same request with a shorter conversation, counted. */
final class Trim {
    private final Services services;
    private final Estimate estimate;

    Trim(Services services, Estimate estimate) {
        this.services = services;
        this.estimate = estimate;
    }

    /** A request and the shorter one, both counted, so that their difference is known. */
    record Trimmed(Candidate whole, Optional<Candidate> shorter) {
        long tokens() {
            return shorter.map(one -> Math.max(
                            0, whole.sizes().likelyInputTokens() - one.sizes().likelyInputTokens()))
                    .orElse(0L);
        }
    }

    /** As much of it as the share, if it has turns that can be left out; as little less as its turns allow. */
    Future<Trimmed> to(double share, Asking asking, Sizes sizes) {
        Candidate whole = new Candidate(asking, sizes, List.of());
        Optional<OpenAiRequest> shorter = asking.request().trimmed(share);
        if (shorter.isEmpty()) {
            return Future.succeededFuture(new Trimmed(whole, Optional.empty()));
        }
        Asking less = asking.of(shorter.get());
        return counted(asking, sizes)
                .compose(all -> counted(less, Estimate.bounded(services.counts(), less))
                        .map(part -> new Trimmed(
                                new Candidate(asking, all, List.of()),
                                Optional.of(new Candidate(
                                        less, part.withOutput(all.outputTokens()), List.of(Saving.TRIM))))));
    }

    private Future<Sizes> counted(Asking asking, Sizes sizes) {
        return sizes.counted().isPresent() ? Future.succeededFuture(sizes) : estimate.counted(asking, sizes);
    }
}
