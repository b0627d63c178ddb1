package io.atlas.config.yaml;

import io.atlas.alert.Alerts;
import io.atlas.alert.BudgetAlert;
import io.atlas.alert.Mark;
import io.atlas.alert.Webhook;
import io.atlas.secret.Secret;
import io.atlas.yaml.Fields;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Grammar.Shape;
import io.atlas.yaml.Node;
import io.atlas.yaml.Scalars;
import io.atlas.yaml.Source;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The section {@code alerts}. */
final class AlertSection {
    private static final int MOST_WEBHOOKS = 16;
    private static final int MOST_BUDGETS = 64;
    private static final int MOST_MARKS = 16;
    private static final int MOST_TENANTS = 1_000;
    private static final int MAX_PORT = 65_535;
    private static final String FORECAST = "forecast";
    private static final String AT_LEAST_ONE = "expected: at least one";

    private static final Grammar<Mark> MARK = Grammar.of("1% to 100%, or " + FORECAST, AlertSection::mark)
            .shaped(new Shape.Form(Pattern.compile("[0-9]{1,3}(?:\\.0)?%|" + FORECAST)));

    private static final Grammar<Secret> SECRET = Grammar.of(
                    Webhook.SECRET_PREFIX + " and the base64 of 24 to 64 bytes",
                    text -> Webhook.secretBytes(text).map(_ -> new Secret(text)))
            .shaped(new Shape.Form(Pattern.compile(Webhook.SECRET_PREFIX + "[A-Za-z0-9+/]{32,86}={0,2}")));

    private static final Grammar<URI> URL = new Grammar<>(
            AlertSection::url,
            _ -> "expected: https://HOST[:PORT][/PATH][?QUERY], without user or fragment",
            text -> text.contains("@") || text.contains("?") ? "***" : text,
            new Shape.Form(Pattern.compile("https?://[^@#]+")));

    private final Source source;
    private final Collection<String> tenants;

    /** A reader of what is told of the budgets of these tenants. */
    AlertSection(Source source, Collection<String> tenants) {
        this.source = source;
        this.tenants = tenants;
    }

    /** The alerts, those with errors as far as they could be read. */
    Alerts read(Fields fields) {
        Map<String, Fields> named = fields.named("webhooks", Naming.WEBHOOK);
        Map<String, Webhook> webhooks = new LinkedHashMap<>();
        named.forEach((name, webhook) -> webhook(name, webhook).ifPresent(read -> webhooks.put(name, read)));
        if (named.size() > MOST_WEBHOOKS) {
            source.error(
                    fields.mark("webhooks"),
                    "webhooks: " + named.size() + " (expected: at most " + MOST_WEBHOOKS + ")");
        }
        List<BudgetAlert> budgets = atMost(MOST_BUDGETS, "budgets", fields.items("budgets")).stream()
                .map(item -> budget(item, named.keySet()))
                .toList();
        fields.finish();
        if (!source.failed()) {
            warnOfUnused(named, budgets);
        }
        return new Alerts(webhooks, budgets);
    }

    private Optional<Webhook> webhook(String name, Fields fields) {
        Optional<URI> url = fields.required("url", URL);
        fields.need("secret", SECRET.complaint(""));
        Optional<Secret> secret = fields.secret("secret", SECRET);
        Optional<Secret> previous = fields.secret("previousSecret", SECRET);
        if (previous.isPresent() && previous.equals(secret)) {
            source.error(fields.mark("previousSecret"), "previousSecret: *** (expected: another than secret)");
        }
        fields.finish();
        url.filter(address -> address.getScheme().equals("http"))
                .filter(address -> !ServerSection.isLoopback(address.getHost()))
                .ifPresent(_ -> source.warning(
                        fields.mark("url"), "url: http, so that others can read what is told (expected: https)"));
        return url.flatMap(address -> secret.map(key -> new Webhook(
                name, address, Stream.concat(Stream.of(key), previous.stream()).toList())));
    }

    private BudgetAlert budget(Node item, Collection<String> webhooks) {
        Fields fields = Fields.of(source, "budget", item.mark(), item);
        List<Mark> at = once("at", fields.someItems("at", AT_LEAST_ONE), MARK);
        List<String> to = once("to", fields.someItems("to", AT_LEAST_ONE), Naming.WEBHOOK.known(webhooks));
        boolean some = fields.has("tenants");
        List<Node> named = fields.items("tenants");
        if (some && named.isEmpty()) {
            source.error(fields.mark("tenants"), "tenants: nobody (" + AT_LEAST_ONE + ")");
        }
        List<String> whose = once("tenants", named, Naming.TENANT.known(tenants));
        fields.finish();
        return new BudgetAlert(at, to, some ? Optional.of(Set.copyOf(whose)) : Optional.empty());
    }

    private <T> List<T> once(String label, List<Node> items, Grammar<T> grammar) {
        List<T> values = new ArrayList<>();
        for (Node item : atMost(label.equals("tenants") ? MOST_TENANTS : MOST_MARKS, label, items)) {
            source.read(label, item, grammar).ifPresent(value -> {
                if (values.contains(value)) {
                    source.error(item.mark(), label + ": " + item.shown() + " (expected: once)");
                } else {
                    values.add(value);
                }
            });
        }
        return values;
    }

    private List<Node> atMost(int most, String label, List<Node> items) {
        if (items.size() > most) {
            source.error(
                    items.get(most).mark(), label + ": " + items.size() + " of them (expected: at most " + most + ")");
        }
        return items.subList(0, Math.min(most, items.size()));
    }

    private void warnOfUnused(Map<String, Fields> webhooks, List<BudgetAlert> budgets) {
        Set<String> used = new HashSet<>();
        budgets.forEach(budget -> used.addAll(budget.to()));
        webhooks.forEach((name, fields) -> {
            if (!used.contains(name)) {
                source.warning(fields.mark(), name + ": unused (expected: in `to` of a budget)");
            }
        });
    }

    private static Optional<Mark> mark(String text) {
        return text.equals(FORECAST)
                ? Optional.of(new Mark.Forecast())
                : Scalars.PERCENT_WHOLE
                        .read(text)
                        .filter(percent -> percent > 0)
                        .map(Mark.Share::new);
    }

    private static Optional<URI> url(String text) {
        try {
            URI url = new URI(text);
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            boolean bare = url.getRawUserInfo() == null && url.getRawFragment() == null;
            boolean reachable = url.getHost() != null && url.getPort() != 0 && url.getPort() <= MAX_PORT;
            return web && bare && reachable ? Optional.of(url) : Optional.empty();
        } catch (URISyntaxException _) {
            return Optional.empty();
        }
    }
}
