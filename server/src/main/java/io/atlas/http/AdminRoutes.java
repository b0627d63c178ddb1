package io.atlas.http;

import io.atlas.admin.Answer;
import io.atlas.admin.Desk;
import io.atlas.admin.KeyResources;
import io.atlas.admin.Resources;
import io.vertx.core.http.HttpMethod;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What the admin listener answers: a method and a path, in which {@code *} is one part of any text. */
final class AdminRoutes {
    private static final String ANY = "*";

    private final List<Route> routes;

    /**
     * What was asked.
     *
     * @param parts the decoded parts of the path that may be any text
     */
    record Asked(List<String> parts, Map<String, String> query, byte[] body) {}

    /** A line of the table. The answer may block. */
    record Route(HttpMethod method, List<String> path, Function<Asked, Answer> answer) {
        /** The parts of the path that may be any text; empty where the path is another one. */
        Optional<List<String>> match(List<String> asked) {
            if (asked.size() != path.size()) {
                return Optional.empty();
            }
            List<String> parts = new ArrayList<>();
            for (int i = 0; i < path.size(); i++) {
                if (path.get(i).equals(ANY) && !asked.get(i).isEmpty()) {
                    parts.add(decoded(asked.get(i)));
                } else if (!path.get(i).equals(asked.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(parts);
        }
    }

    /** What the table says of a request. */
    sealed interface Match {
        /** It is answered by that route. */
        record Found(Route route, List<String> parts) implements Match {}

        /** The path is for these methods. */
        record OtherMethods(Set<String> methods) implements Match {}

        /** There is no such path. */
        record Nowhere() implements Match {}
    }

    AdminRoutes(Desk desk) {
        Resources resources = desk.resources();
        KeyResources keys = desk.keys();
        this.routes = List.of(
                route(HttpMethod.GET, "/admin/v1/usage", asked -> desk.ledger().usage(asked.query)),
                route(HttpMethod.GET, "/admin/v1/bill", asked -> desk.bills().bill(asked.query)),
                route(HttpMethod.GET, "/admin/v1/spend", asked -> desk.spend().spend(asked.query)),
                route(HttpMethod.GET, "/admin/v1/quota", asked -> resources.quota(asked.query)),
                route(HttpMethod.GET, "/admin/v1/configuration", _ -> resources.configuration()),
                route(HttpMethod.GET, "/admin/v1/nodes", _ -> desk.nodes().list()),
                route(HttpMethod.GET, "/admin/v1/alerts", asked -> desk.alerts().list(asked.query)),
                route(
                        HttpMethod.POST,
                        "/admin/v1/alerts/test",
                        asked -> desk.alerts().test(asked.body)),
                route(HttpMethod.GET, "/admin/v1/doctor", _ -> desk.doctor().examine()),
                route(
                        HttpMethod.GET,
                        "/admin/v1/decisions",
                        asked -> desk.decisions().list(asked.query)),
                route(
                        HttpMethod.GET,
                        "/admin/v1/decisions/*",
                        asked -> desk.ledger().decision(asked.parts.getFirst())),
                route(HttpMethod.GET, "/admin/v1/tail", asked -> desk.tail().tail(asked.query)),
                route(HttpMethod.GET, "/admin/v1/live", _ -> desk.live().live()),
                route(HttpMethod.GET, "/admin/v1/pools", _ -> desk.pools().list()),
                route(
                        HttpMethod.POST,
                        "/admin/v1/pools/move",
                        asked -> desk.pools().move(asked.body)),
                route(HttpMethod.GET, "/admin/v1/keys", asked -> keys.list(asked.query)),
                route(HttpMethod.POST, "/admin/v1/keys", asked -> keys.create(asked.body)),
                route(HttpMethod.DELETE, "/admin/v1/keys/*", asked -> keys.revoke(asked.parts.getFirst())),
                route(
                        HttpMethod.POST,
                        "/admin/v1/keys/*/rotate",
                        asked -> keys.rotate(asked.parts.getFirst(), asked.body)));
    }

    /** The line that such a request is for; the path is that of the wire, not decoded. */
    Match match(HttpMethod method, String path) {
        List<String> asked = List.of(path.split("/", -1));
        Set<String> others = new TreeSet<>();
        for (Route route : routes) {
            Optional<List<String>> parts = route.match(asked);
            if (parts.isPresent() && route.method.equals(method)) {
                return new Match.Found(route, parts.get());
            }
            parts.ifPresent(_ -> others.add(route.method.name()));
        }
        return others.isEmpty() ? new Match.Nowhere() : new Match.OtherMethods(others);
    }

    private static Route route(HttpMethod method, String path, Function<Asked, Answer> answer) {
        return new Route(method, List.of(path.split("/", -1)), answer);
    }

    /** What is no escape stands for itself. */
    private static String decoded(String part) {
        try {
            return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) {
            return part;
        }
    }
}
