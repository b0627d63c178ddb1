package io.atlas.store.lease;

import io.atlas.kernel.lease.Account;
import io.atlas.kernel.lease.Lease;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What there is to say of the leases of a desk. Of each lease one word is on its way at a time, and whatever happens
 * meanwhile is in the next: so many words at most as there are leases, and as few as the way is slow. What nobody waits
 * for is said with the next thing that has to be said.
 */
final class Words {
    private static final class Word {
        private boolean due;
        private boolean pressing;
        private boolean onItsWay;
        private List<CompletableFuture<Boolean>> listeners = new ArrayList<>();
    }

    private record Sent(
            Lease lease, Word word, String id, Account account, List<CompletableFuture<Boolean>> listeners) {}

    private final Desk desk;
    private final Floor floor;

    /** Guarded by the desk, as all of this. */
    private final IdentityHashMap<Lease, Word> words = new IdentityHashMap<>();

    Words(Desk desk, Floor floor) {
        this.desk = desk;
        this.floor = floor;
    }

    /** There is something to say of it, when things are sent next: nobody waits for it. */
    void later(Lease lease) {
        synchronized (desk) {
            words.computeIfAbsent(lease, _ -> new Word()).due = true;
        }
    }

    /** There is something to say of it, as soon as it can be sent. */
    void due(Lease lease) {
        synchronized (desk) {
            press(lease);
        }
    }

    private Word press(Lease lease) {
        Word word = words.computeIfAbsent(lease, _ -> new Word());
        word.due = true;
        word.pressing = true;
        return word;
    }

    /** The same; completes when it is heard, or has to wait. */
    CompletableFuture<Boolean> say(Lease lease) {
        CompletableFuture<Boolean> heard = new CompletableFuture<>();
        synchronized (desk) {
            press(lease).listeners.add(heard);
        }
        return heard;
    }

    /** Everything that is due now; completes when it is heard, or has to wait. */
    List<CompletableFuture<Boolean>> sayAll() {
        synchronized (desk) {
            List<Lease> due = new ArrayList<>();
            words.forEach((lease, word) -> {
                if (word.due) {
                    due.add(lease);
                }
            });
            return due.stream().map(this::say).toList();
        }
    }

    /** Sends what is due; to be called without the lock of the desk. */
    void send() {
        synchronized (desk) {
            words.values().forEach(word -> word.pressing = word.due);
        }
        sendPressing();
    }

    private void sendPressing() {
        List<Sent> sent = new ArrayList<>();
        List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
        synchronized (desk) {
            boolean away = floor.away();
            words.forEach((lease, word) -> {
                if (away) {
                    waiting.addAll(take(word));
                } else if (word.pressing && !word.onItsWay) {
                    word.due = false;
                    word.pressing = false;
                    word.onItsWay = true;
                    sent.add(new Sent(lease, word, lease.id(), lease.account(), take(word)));
                }
            });
        }
        waiting.forEach(one -> one.complete(true));
        for (Sent one : sent) {
            floor.lender()
                    .tell(one.id, desk.limits(), one.account)
                    .whenComplete((open, failure) -> heard(one, Boolean.TRUE.equals(open), failure));
        }
    }

    /** Whether anything is due. */
    boolean waiting() {
        synchronized (desk) {
            return words.values().stream().anyMatch(word -> word.due);
        }
    }

    /** Whether something is due that waits for an earlier word of the same lease to be heard. */
    boolean behind() {
        synchronized (desk) {
            return words.values().stream().anyMatch(word -> word.due && word.onItsWay);
        }
    }

    private static List<CompletableFuture<Boolean>> take(Word word) {
        List<CompletableFuture<Boolean>> listeners = word.listeners;
        word.listeners = new ArrayList<>();
        return listeners;
    }

    private void heard(Sent sent, boolean open, Throwable failure) {
        boolean disowned = false;
        synchronized (desk) {
            sent.word.onItsWay = false;
            if (failure != null) {
                sent.word.due = true;
            } else if (sent.lease.id().equals(sent.id) && words.get(sent.lease) == sent.word) {
                boolean ended = sent.account.standing() == Account.Standing.ENDED;
                disowned = !open && !sent.lease.unheard();
                if (ended || !open) {
                    words.remove(sent.lease);
                    desk.forget(sent.lease);
                }
            }
        }
        sent.listeners.forEach(one -> one.complete(true));
        if (failure != null) {
            floor.failed(failure);
            return;
        }
        if (disowned) {
            floor.disowned();
        }
        sendPressing();
    }

    /** Nothing of it is to be said any more. */
    void clear() {
        List<CompletableFuture<Boolean>> waiting = new ArrayList<>();
        synchronized (desk) {
            words.values().forEach(word -> waiting.addAll(take(word)));
            words.clear();
        }
        waiting.forEach(one -> one.complete(true));
    }
}
