package io.atlas.store.redis;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.LimitSpec;
import io.atlas.kernel.quota.Meter;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Quota;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Reservation.Taken;
import io.atlas.kernel.quota.Reservation.Told;
import io.atlas.kernel.quota.Verdict;
import io.atlas.ledger.Posting;
import io.atlas.redis.OpenSlot;
import io.lettuce.core.KeyValue;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;

/**
 * The kernel's commands on meters in a Redis, each one script. The time is the server's, so that no node's clock decides
 * what has leaked; a node only says which calendar window it takes that moment to lie in, and is asked again where it is
 * wrong. A question and a refusal write nothing: the server's clock, should it step back after one, stands still from the
 * last step that wrote.
 *
 * <p>What a request holds is kept there, under its id, until it is settled or nobody has said for a while that it lives.
 * The keys of one tenant have one hash tag, and the limits of a step are of one tag.
 */
final class Steps {
    /** Whose time a step happens at. */
    enum Clock {
        /** The server's. */
        SERVER,
        /** The one that is given with each step, for a comparison with the kernel. */
        GIVEN
    }

    /** As often as the node may be told that its window is not that of the moment. */
    private static final int TRIES = 3;

    private static final int REHEARSALS = 200;
    private static final long SHORT_MICROS = 1_000_000;
    private static final long SERVERS_TIME = 0;
    private static final long ASKED = 0;
    private static final long GRANTED_BEFORE = 1;
    private static final Demand NOTHING = new Demand(0, 0, 0);

    private final Link link;
    private final String node;
    private final Clock clock;
    private final Packed packed = new Packed();
    private final Names.Meters meters = new Names.Meters();

    /**
     * Over that link.
     *
     * @param node the name of this node among all that share the server: without a colon
     */
    Steps(Link link, String node, Clock clock) {
        this.link = link;
        this.node = node;
        this.clock = clock;
    }

    /** What to hold, and until when without a sign of life. */
    record Wish(String id, List<Limit> limits, Demand demand, long ttlMicros) {}

    /** The answer to a wish: the verdict, or that the server does not have what this node has counted. */
    sealed interface Answer {
        /** As the kernel has it. */
        record Decided(Verdict verdict) implements Answer {}

        /** The server was emptied, or has not been told yet. */
        record Unmarked() implements Answer {}

        /** The reservation had ended before it came to be: who asked gave up on it. */
        record Ended() implements Answer {}
    }

    /** Holds the demand on every limit, of which there is at least one, or on none. */
    CompletionStage<Answer> reserve(Wish wish, long nowMicros) {
        return reserve(wish, ASKED, nowMicros, TRIES);
    }

    /** Holds again what was held before the server lost it, whatever else there is by now. */
    CompletionStage<Answer> holdAgain(Wish wish, long nowMicros) {
        return reserve(wish, GRANTED_BEFORE, nowMicros, TRIES);
    }

    /** The same of what requests of this node hold, as far as the server knows for as long as any reservation. */
    CompletionStage<Answer> holdAgain(Reservation held, long nowMicros) {
        return holdAgain(new Wish(held.id(), limits(held), held.demand(), RedisStore.TTL_MICROS), nowMicros);
    }

    private CompletionStage<Answer> reserve(Wish wish, long standing, long nowMicros, int tries) {
        String tag = Names.tag(wish.limits);
        List<byte[]> keys = keys(tag, wish.id, wish.limits.size() + 1);
        keys.add(Names.mark(tag, node));
        wish.limits.forEach(limit -> keys.add(meters.of(limit)));
        byte[] arguments =
                packed.limits(List.of(time(nowMicros), wish.ttlMicros, standing), wish.limits, wish.demand, nowMicros);
        return this.<List<Object>>run(Script.RESERVE, keys, arguments, own(wish.id))
                .thenCompose(numbers -> {
                    Reply reply = new Reply(numbers);
                    return reply.outcome() == Reply.STALE && tries > 1
                            ? reserve(wish, standing, reply.atMicros(), tries - 1)
                            : CompletableFuture.completedStage(answer(wish, reply));
                });
    }

    private static Answer answer(Wish wish, Reply reply) {
        return switch (reply.outcome()) {
            case Reply.GRANTED -> new Answer.Decided(granted(wish, reply, 0));
            case Reply.REPLAYED -> new Answer.Decided(granted(wish, reply, -1));
            case Reply.REFUSED ->
                new Answer.Decided(Quota.refusal(reply.meters(wish.limits), wish.demand, reply.atMicros())
                        .orElseThrow(() -> new IllegalStateException(
                                "reservation " + wish.id + " refused (expected: granted, as everything fits)")));
            case Reply.EMPTY -> new Answer.Unmarked();
            case Reply.CLOSED -> new Answer.Ended();
            default ->
                throw new IllegalStateException(
                        "window: not that of the server's time (expected: it, after " + TRIES + " tries)");
        };
    }

    /** Whose first answer was lost finds its own amount counted already. */
    private static Verdict granted(Wish wish, Reply reply, int already) {
        List<Taken> taken = new ArrayList<>(wish.limits.size());
        for (int i = 0; i < wish.limits.size(); i++) {
            Limit limit = wish.limits.get(i);
            long amount = wish.demand.of(limit.spec().kind());
            Meter before = Meter.of(limit, reply.count(limit, i).plus(already * amount));
            Meter after = Meter.of(limit, reply.count(limit, i).plus((already + 1) * amount));
            taken.add(new Told(limit, before.level(reply.atMicros()), after.level(reply.atMicros())));
        }
        return new Verdict.Granted(
                Reservation.elsewhere(wish.id, wish.demand, taken, reply.atMicros() + wish.ttlMicros));
    }

    /** Holds and gives back something that nobody counts, until the first request will find everything at hand. */
    void rehearse(long nowMicros) {
        Place.OfKey key = new Place.OfKey("rehearsal." + node, Optional.empty(), "-");
        Limit nobodys = Limit.of(new Place.OfEndUser(key, "-"), LimitSpec.concurrent(1), ZoneOffset.UTC);
        for (int i = 0; i < REHEARSALS; i++) {
            Wish wish = new Wish("rehearsal" + nowMicros + i, List.of(nobodys), NOTHING, SHORT_MICROS);
            Link.await(holdAgain(wish, nowMicros));
            Link.await(release(wish.id, wish.limits, nowMicros));
            Link.await(levels(wish.limits, nowMicros));
        }
    }

    /** Settles it, or where nothing was used releases it. */
    CompletionStage<Boolean> end(Reservation reservation, Optional<Demand> used, long nowMicros) {
        return used.isPresent()
                ? settle(reservation, used.orElseThrow(), nowMicros)
                : release(reservation.id(), limits(reservation), nowMicros);
    }

    /** Charges what was really used and frees the rest; false where the reservation had ended before. */
    CompletionStage<Boolean> settle(Reservation reservation, Demand actual, long nowMicros) {
        return settle(reservation.id(), limits(reservation), actual, nowMicros);
    }

    /** The same of one that is known by its name only. */
    CompletionStage<Boolean> settle(String id, List<Limit> limits, Demand actual, long nowMicros) {
        return end(id, limits, Packed.amounts(List.of(time(nowMicros)), limits, actual));
    }

    /** Gives everything back; false where the reservation had ended before, or never was: now it never will be. */
    CompletionStage<Boolean> release(String id, List<Limit> limits, long nowMicros) {
        return end(id, limits, Packed.nothing(time(nowMicros), limits.size()));
    }

    private CompletionStage<Boolean> end(String id, List<Limit> limits, byte[] arguments) {
        List<byte[]> keys = keys(Names.tag(limits), id, limits.size());
        limits.forEach(limit -> keys.add(meters.of(limit)));
        return this.<Long>run(Script.SETTLE, keys, arguments, own(id)).thenApply(ended -> ended == 1);
    }

    /** Says that the owner lives. */
    CompletionStage<Boolean> extend(Reservation reservation, long ttlMicros, long nowMicros) {
        byte[] arguments = Packed.amounts(List.of(time(nowMicros), ttlMicros), List.of(), NOTHING);
        List<byte[]> keys = keys(Names.tag(limits(reservation)), reservation.id(), 0);
        return this.<Long>run(Script.EXTEND, keys, arguments, own(reservation.id()))
                .thenApply(expires -> expires > 0);
    }

    /** Says that the owner lives, and what it was last seen to have used; the moment it expires at, if it is open. */
    CompletionStage<Optional<Long>> extend(Reservation reservation, Demand seen, long ttlMicros, long nowMicros) {
        List<Limit> limits = limits(reservation);
        List<byte[]> keys = keys(Names.tag(limits), reservation.id(), 0);
        byte[] arguments = Packed.amounts(List.of(time(nowMicros), ttlMicros), limits, seen);
        return this.<Long>run(Script.EXTEND, keys, arguments, own(reservation.id()))
                .thenApply(expires -> expires == 0 ? Optional.empty() : Optional.of(expires));
    }

    /** Ends those of a tenant whose owner is dead, by what they were last seen to have used: their ids, oldest first. */
    CompletionStage<List<String>> expire(String tag, int most, long nowMicros) {
        byte[] arguments = Packed.amounts(List.of(time(nowMicros), (long) most), List.of(), NOTHING);
        return this.<List<Object>>run(
                        Script.EXPIRE, List.of(Names.index(tag)), arguments, Names.bytes(Names.records(tag)))
                .thenApply(ids -> ids.stream()
                        .map(id -> new String((byte[]) id, StandardCharsets.UTF_8))
                        .map(id -> id.substring(id.indexOf(':') + 1))
                        .toList());
    }

    /** Why the demand would be refused now, if it would; the limits are of one tenant, and at least one. */
    CompletionStage<Optional<Verdict.Refused>> refusal(List<Limit> limits, Demand demand, long nowMicros) {
        return look(limits, nowMicros, TRIES)
                .thenApply(reply -> Quota.refusal(reply.meters(limits), demand, reply.atMicros()));
    }

    /** How full each limit is; they are of one tenant, and at least one. */
    CompletionStage<List<Level>> levels(List<Limit> limits, long nowMicros) {
        return look(limits, nowMicros, TRIES)
                .thenApply(reply -> reply.meters(limits).stream()
                        .map(meter -> meter.level(reply.atMicros()))
                        .toList());
    }

    /** What is counted on each limit; they are of one tag, and at least one. */
    CompletionStage<Reply> look(List<Limit> limits, long nowMicros) {
        return look(limits, nowMicros, TRIES);
    }

    private CompletionStage<Reply> look(List<Limit> limits, long nowMicros, int tries) {
        byte[] arguments = packed.limits(List.of(time(nowMicros)), limits, NOTHING, nowMicros);
        return this.<List<Object>>run(Script.LOOK, meters(limits), arguments).thenCompose(numbers -> {
            Reply reply = new Reply(numbers);
            return reply.outcome() == Reply.STALE && tries > 1
                    ? look(limits, reply.atMicros(), tries - 1)
                    : CompletableFuture.completedStage(reply);
        });
    }

    /** From now on these limits say what they say here. */
    CompletionStage<Void> become(List<Limit> limits, long nowMicros) {
        return this.<Long>run(
                        Script.BECOME,
                        meters(limits),
                        packed.limits(List.of(time(nowMicros)), limits, NOTHING, nowMicros))
                .thenAccept(_ -> {});
    }

    /** Charges what the ledger holds already. */
    CompletionStage<Void> charge(List<Limit> limits, Demand actual, long atMicros) {
        return this.<Long>run(
                        Script.CHARGE,
                        meters(limits),
                        packed.limits(List.of(atMicros), limits, actual, atMicros),
                        Names.bytes(node))
                .thenAccept(_ -> {});
    }

    /** Sets what this node has charged to limits of one tenant to what its ledger holds against them. */
    CompletionStage<Void> contribute(List<Posting> postings, long nowMicros) {
        List<byte[]> keys =
                postings.stream().map(posting -> meters.of(posting.limit())).toList();
        byte[] arguments = packed.postings(List.of(time(nowMicros)), postings, nowMicros);
        return this.<Long>run(Script.CONTRIBUTE, keys, arguments, Names.bytes(node))
                .thenAccept(done -> {
                    if (done == Reply.STALE) {
                        throw new IllegalStateException(
                                "clock: in another window than the server's (expected: the server's time)");
                    }
                });
    }

    /** What this node has charged to each of these windows, or to those before them where nobody has charged since. */
    CompletionStage<List<Long>> charged(List<Limit> limits) {
        CompletionStage<List<Long>> all = CompletableFuture.completedStage(new ArrayList<>());
        for (Limit limit : limits) {
            all = all.thenCombine(link.commands().hget(Names.charged(limit), Names.bytes(node)), (amounts, amount) -> {
                amounts.add(amount == null ? 0 : Long.parseLong(new String(amount, StandardCharsets.US_ASCII)));
                return amounts;
            });
        }
        return all;
    }

    /** Sets what this node has charged, of each limit of which that is still said; 1 for each that was set. */
    CompletionStage<List<Long>> mend(List<Posting> postings, Map<Limit, Long> said, long nowMicros) {
        List<byte[]> keys =
                postings.stream().map(posting -> meters.of(posting.limit())).toList();
        List<Posting> both = postings.stream()
                .map(posting -> new Posting(posting.limit(), posting.amount(), said.getOrDefault(posting.limit(), 0L)))
                .toList();
        return run(Script.MEND, keys, packed.postings(List.of(time(nowMicros)), both, nowMicros), Names.bytes(node));
    }

    /** The ids of what the server holds for this node and a tenant. */
    CompletionStage<List<String>> holds(String tag) {
        String own = node + ":";
        return link.commands()
                .zrange(Names.index(tag), 0, -1)
                .thenApply(members -> members.stream()
                        .map(member -> new String(member, StandardCharsets.UTF_8))
                        .filter(id -> id.startsWith(own))
                        .map(id -> id.substring(own.length()))
                        .toList());
    }

    /** Ends these reservations of this node; nothing of them is charged. */
    CompletionStage<Void> abandon(String tag, List<String> ids) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(Packed.nothing(SERVERS_TIME, 0));
        arguments.add(Names.bytes(Names.records(tag)));
        ids.forEach(id -> arguments.add(own(id)));
        return this.<Long>run(Script.ABANDON, List.of(Names.index(tag)), arguments.toArray(byte[][]::new))
                .thenAccept(_ -> {});
    }

    /** Whether the server still has what this node has counted for all these tenants. */
    CompletionStage<Boolean> marked(Set<String> tags) {
        byte[][] marks = tags.stream().map(tag -> Names.mark(tag, node)).toArray(byte[][]::new);
        return marks.length == 0
                ? CompletableFuture.completedStage(true)
                : OpenSlot.<Long>await(() -> link.commands().exists(marks)).thenApply(there -> there == marks.length);
    }

    /** Which of these limits have no counter. */
    CompletionStage<List<Limit>> uncounted(List<Limit> limits) {
        byte[][] meters = meters(limits).toArray(byte[][]::new);
        return OpenSlot.<List<KeyValue<byte[], byte[]>>>await(
                        () -> link.commands().mget(meters))
                .thenApply(values -> IntStream.range(0, limits.size())
                        .filter(i -> !values.get(i).hasValue())
                        .mapToObj(limits::get)
                        .toList());
    }

    /** Says that what this node has counted for a tenant is there. */
    CompletionStage<Void> mark(String tag) {
        return link.commands().set(Names.mark(tag, node), new byte[] {'1'}).thenAccept(_ -> {});
    }

    private <T> CompletionStage<T> run(Script script, List<byte[]> keys, byte[]... arguments) {
        return link.run(script, keys, arguments);
    }

    private List<byte[]> keys(String tag, String id, int more) {
        List<byte[]> keys = new ArrayList<>(2 + more);
        keys.add(Names.record(tag, node + ":" + id));
        keys.add(Names.index(tag));
        return keys;
    }

    private List<byte[]> meters(List<Limit> limits) {
        return limits.stream().map(meters::of).toList();
    }

    private byte[] own(String id) {
        return Names.bytes(node + ":" + id);
    }

    private long time(long nowMicros) {
        return clock == Clock.GIVEN ? nowMicros : SERVERS_TIME;
    }

    /** Those that it is held on. */
    static List<Limit> limits(Reservation reservation) {
        return reservation.taken().stream().map(Taken::limit).toList();
    }
}
