package io.atlas.alert;

import io.atlas.alert.Delivery.State;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * What was told, and what became of it, as durable as the ledger. Every call blocks, changes all or nothing, and throws
 * where the log cannot be read or written.
 */
public interface AlertLog {
    /** The last firing of each mark of each limit. */
    List<Firing> firings();

    /** Notes the firing, and that the alert is to be sent to these webhooks now; an alert that is known is not sent again. */
    void fire(Firing firing, Alert alert, Collection<String> webhooks);

    /** Forgets the firing: its mark may fire again. */
    void rearm(Firing firing);

    /** Notes that the alert is to be sent to the webhook, not before that time. */
    Delivery add(Alert alert, String webhook, long nextMicros);

    /** How many are to be sent, now or later. */
    long pending();

    /** The webhooks for which one is due. */
    List<String> due(long nowMicros);

    /** The first one that is due for the webhook. */
    Optional<Delivery> due(String webhook, long nowMicros);

    /** It is due no earlier than that: an attempt is about to be made. */
    void postpone(Delivery delivery, long nextMicros);

    /** Notes an attempt, and what follows from it. */
    void attempted(Delivery delivery, Attempt attempt, State state, long nextMicros);

    /** Ends all that are pending for the webhook, and returns how many. */
    int end(String webhook, State state);

    /** The one of that number. */
    Optional<Delivery> delivery(long line);

    /** Deliveries, the newest first. */
    List<Delivery> deliveries(DeliveryQuery query);

    /** Forgets firings of windows that are over, and deliveries that have ended and are older, or not among the last so many. */
    void forget(long nowMicros, long beforeMicros, int most);
}
