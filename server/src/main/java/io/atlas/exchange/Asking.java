package io.atlas.exchange;

import io.atlas.dialect.openai.OpenAiRequest;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitPath;
import io.atlas.model.Model;
import java.util.List;
import java.util.OptionalLong;

/**
 * A caller with a request that may be served: who, what, by which model, within which limits.
 *
 * @param maxWaitMillis the longest that he is ready to wait in a queue, where he says so
 */
public record Asking(
        Identified caller, OpenAiRequest request, Model model, LimitPath path, OptionalLong maxWaitMillis) {
    /** The same, but for what is sent: a shorter conversation. */
    public Asking of(OpenAiRequest shorter) {
        return new Asking(caller, shorter, model, path, maxWaitMillis);
    }

    /** The same request, served by that model within these limits. */
    public Asking at(Model other, List<Limit> limits) {
        return new Asking(caller, request, other, new LimitPath(limits), maxWaitMillis);
    }

    /** Whether that model may serve this caller, and can do what he asks for. */
    public boolean servableBy(Model other) {
        return caller.principal().mayUse(other) && other.can(request.ask().needs());
    }

    /** The same request, if that model serves it. */
    public Asking at(Model other) {
        return new Asking(caller, request, other, caller.snapshot().path(caller.principal(), other), maxWaitMillis);
    }
}
