package io.atlas.http;

import io.atlas.admin.Answer;
import io.atlas.config.Principal;
import io.atlas.config.Snapshot;
import io.atlas.exchange.Identified;
import io.atlas.gateway.Check;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.tenant.Caller;
import io.atlas.time.TimeSource;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** {@code POST /admin/v1/quota/check?tenant=T&team=T&key=K&route=R}: what would become of a body if that key sent it. */
public final class CheckRoute {
    static final String PATH = "/admin/v1/quota/check";
    private static final int MOST_NAMED = 5;

    private final Supplier<Snapshot> snapshot;
    private final TimeSource time;
    private final Check check;

    /** Answers for the keys of the snapshot of the moment. */
    public CheckRoute(Supplier<Snapshot> snapshot, TimeSource time, Check check) {
        this.snapshot = snapshot;
        this.time = time;
        this.check = check;
    }

    /** Answers, unless no one key is named: then this is the answer. */
    Optional<Answer> handle(HttpServerRequest request) {
        Snapshot now = snapshot.get();
        List<Principal> holders = now.principals()
                .filter(principal -> principal.expiresAtMicros() > time.epochMicros())
                .filter(principal -> isNamed(request, principal.caller()))
                .toList();
        if (holders.size() == 1) {
            check.answer(request, new Identified(now, holders.getFirst()));
            return Optional.empty();
        }
        return Optional.of(
                holders.isEmpty()
                        ? Answer.error(
                                404, "not_found", "no key that works is named so (expected: key, by name or path)")
                        : Answer.error(409, "ambiguous", "several keys are named so: " + some(holders)));
    }

    private static boolean isNamed(HttpServerRequest request, Caller caller) {
        String key = request.getParam("key");
        boolean named = key != null && (key.equals(caller.key()) || key.equals(path(caller)));
        return named
                && said(request, "tenant").map(caller.tenant()::equals).orElse(true)
                && said(request, "team")
                        .map(team -> caller.team().equals(Optional.of(team)))
                        .orElse(true);
    }

    private static Optional<String> said(HttpServerRequest request, String name) {
        return Optional.ofNullable(request.getParam(name));
    }

    private static String path(Caller caller) {
        return new Place.OfKey(caller.tenant(), caller.team(), caller.key()).path();
    }

    private static String some(List<Principal> holders) {
        return holders.stream()
                .map(Principal::caller)
                .map(CheckRoute::path)
                .sorted()
                .limit(MOST_NAMED)
                .collect(Collectors.joining(", "));
    }
}
