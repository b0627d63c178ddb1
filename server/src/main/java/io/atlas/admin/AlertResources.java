package io.atlas.admin;

import io.atlas.alert.Attempt;
import io.atlas.alert.Delivery;
import io.atlas.alert.Delivery.State;
import io.atlas.alert.DeliveryQuery;
import io.atlas.alert.Webhook;
import io.atlas.alert.webhook.Courier;
import io.atlas.answer.LimitJson;
import io.atlas.answer.Rfc3339;
import io.atlas.yaml.Grammar;
import io.atlas.yaml.Names;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonGenerator;

/** What webhooks were told, and what became of it. Every answer may block, so it is asked for on a worker thread. */
public final class AlertResources {
    private static final String WEBHOOK = "webhook";
    private static final int DEFAULT_ROWS = 100;
    private static final Grammar<String> NAME = Grammar.of("the name of a webhook", Optional::of);
    private static final Grammar<State> STATE = DecisionResources.words(State.values(), State::word);
    private static final Grammar<Long> BEFORE = Grammar.of("what an answer had as next", AlertResources::mark);

    private final Courier courier;

    /** Answers from what that courier knows. */
    public AlertResources(Courier courier) {
        this.courier = courier;
    }

    /** {@code GET /admin/v1/alerts?webhook=&state=&limit=&before=}: deliveries of this node, the newest first. */
    public Answer list(Map<String, String> query) {
        Form form = Form.of(query, Set.of(WEBHOOK, "state", "limit", "before"));
        DeliveryQuery asked = new DeliveryQuery(
                form.optional(WEBHOOK, NAME),
                form.optional("state", STATE),
                form.optional("before", BEFORE),
                form.optional("limit", DecisionResources.ROWS).orElse(DEFAULT_ROWS));
        return form.refusal().orElseGet(() -> page(asked));
    }

    private Answer page(DeliveryQuery query) {
        // One more than is shown tells whether there is a next page.
        List<Delivery> found = courier.log()
                .deliveries(new DeliveryQuery(query.webhook(), query.state(), query.before(), query.most() + 1));
        List<Delivery> rows = found.subList(0, Math.min(found.size(), query.most()));
        return Answer.ok(Answer.json(json -> {
            json.writeStartObject();
            json.writeName("rows");
            json.writeStartArray();
            rows.forEach(row -> write(json, row));
            json.writeEndArray();
            LimitJson.text(
                    json,
                    "next",
                    found.size() > rows.size()
                            ? Optional.of(Long.toString(rows.getLast().line()))
                            : Optional.empty());
            json.writeEndObject();
        }));
    }

    /** {@code POST /admin/v1/alerts/test} with {@code webhook}: sends something there, and says what came of it. */
    public Answer test(byte[] body) {
        Form form = Form.read(body, Set.of(WEBHOOK));
        Optional<String> name = form.required(WEBHOOK, NAME);
        return form.refusal().orElseGet(() -> test(name.orElseThrow()));
    }

    private Answer test(String name) {
        Optional<Webhook> webhook = courier.alerts().webhook(name);
        if (webhook.isEmpty()) {
            Set<String> known = courier.alerts().webhooks().keySet();
            return Answer.error(
                    422,
                    "unknown_webhook",
                    "webhook: " + name + " (" + (known.isEmpty() ? "there is none" : Names.choice(name, known)) + ")");
        }
        if (courier.isFull()) {
            return Answer.error(503, "too_many_pending", "as many alerts are pending as may be");
        }
        try {
            Delivery delivery = courier.test(webhook.get());
            return Answer.ok(Answer.json(json -> write(json, delivery)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.error(503, "stopping", "this gateway stops");
        }
    }

    private static void write(JsonGenerator json, Delivery delivery) {
        json.writeStartObject();
        json.writeStringProperty("id", delivery.alert().id());
        json.writeStringProperty("at", Rfc3339.of(delivery.alert().atMicros()));
        json.writeStringProperty("type", delivery.alert().type());
        LimitJson.text(json, "limit", some(delivery.alert().limit()));
        LimitJson.text(json, "mark", some(delivery.alert().mark()));
        json.writeStringProperty(WEBHOOK, delivery.webhook());
        json.writeStringProperty("state", delivery.state().word());
        LimitJson.text(
                json,
                "next_attempt_at",
                delivery.state() == State.PENDING ? Optional.of(Rfc3339.of(delivery.nextMicros())) : Optional.empty());
        json.writeName("attempts");
        json.writeStartArray();
        delivery.attempts().forEach(attempt -> write(json, attempt));
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Attempt attempt) {
        json.writeStartObject();
        json.writeStringProperty("at", Rfc3339.of(attempt.atMicros()));
        json.writeNumberProperty("duration_us", attempt.tookMicros());
        if (attempt.status().isPresent()) {
            json.writeNumberProperty("status", attempt.status().getAsInt());
        } else {
            json.writeNullProperty("status");
        }
        LimitJson.text(json, "error", attempt.error());
        json.writeEndObject();
    }

    private static Optional<String> some(String text) {
        return Optional.of(text).filter(known -> !known.isEmpty());
    }

    private static Optional<Long> mark(String text) {
        return Optional.of(text).filter(digits -> digits.matches("[0-9]{1,18}")).map(Long::valueOf);
    }
}
