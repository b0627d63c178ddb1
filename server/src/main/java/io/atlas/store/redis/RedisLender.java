package io.atlas.store.redis;

import io.atlas.kernel.lease.Account;
import io.atlas.kernel.lease.Amounts;
import io.atlas.kernel.lease.Wish;
import io.atlas.kernel.quota.Count;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Meter;
import io.atlas.store.lease.Lender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Leases on limits in a Redis: {@link io.atlas.kernel.lease.Lessor} as scripts, on the hash tag of the limits. */
final class RedisLender implements Lender {
    private static final int TRIES = 3;
    private static final long WHATEVER_THERE_IS = 0;
    private static final long ENDS = 1;
    private static final long GOES_ON = 0;

    private final Link link;
    private final String node;
    private final Steps.Clock clock;
    private final LongSupplier epochMicros;
    private final Learner learner;
    private final Packed packed = new Packed();
    private final Names.Meters meters = new Names.Meters();

    /** Who hears how full limits are, in the order in which the server says so. */
    interface Learner {
        /** A limit, as full as that at that moment. */
        void learn(Limit limit, Level level, long atMicros);
    }

    RedisLender(Link link, String node, Steps.Clock clock, LongSupplier epochMicros, Learner learner) {
        this.link = link;
        this.node = node;
        this.clock = clock;
        this.epochMicros = epochMicros;
        this.learner = learner;
    }

    @Override
    public CompletionStage<Loan> lend(String id, List<Limit> limits, Wish wish) {
        return lend(id, limits, wish, epochMicros.getAsLong(), TRIES);
    }

    @Override
    public CompletionStage<Loan> lendAgain(String id, List<Limit> limits, Amounts held) {
        Amounts none = Amounts.none(limits.size());
        return lend(id, limits, new Wish(held, none, none, WHATEVER_THERE_IS), epochMicros.getAsLong(), TRIES);
    }

    private CompletionStage<Loan> lend(String id, List<Limit> limits, Wish wish, long nowMicros, int tries) {
        String tag = Names.tag(limits);
        List<byte[]> keys = keys(id, limits);
        keys.add(2, Names.mark(tag, node));
        byte[] arguments = packed.needs(
                List.of(time(nowMicros), RedisStore.TTL_MICROS, wish.shares()), limits, wish.need(), nowMicros);
        byte[] beyond = Packed.pairs(List.of(), wish.more(), wish.spare());
        return link.<List<Object>>run(Script.LEASE, keys, arguments, own(id), beyond)
                .thenCompose(numbers -> {
                    Reply reply = new Reply(numbers);
                    return reply.outcome() == Reply.STALE && tries > 1
                            ? lend(id, limits, wish, reply.atMicros(), tries - 1)
                            : CompletableFuture.completedStage(heard(limits, loan(limits, reply)));
                });
    }

    private Loan heard(List<Limit> limits, Loan loan) {
        if (loan instanceof Loan.Lent lent) {
            for (int i = 0; i < limits.size(); i++) {
                Meter after = Meter.of(limits.get(i), lent.after().get(i));
                learner.learn(limits.get(i), after.level(lent.atMicros()), lent.atMicros());
            }
        }
        if (loan instanceof Loan.Full full) {
            for (Meter meter : full.meters()) {
                learner.learn(meter.limit(), meter.level(full.atMicros()), full.atMicros());
            }
        }
        return loan;
    }

    private static Loan loan(List<Limit> limits, Reply reply) {
        return switch (reply.outcome()) {
            case Reply.GRANTED, Reply.REPLAYED -> {
                Amounts amounts = reply.amounts(limits);
                List<Count> after = new ArrayList<>(limits.size());
                for (int i = 0; i < limits.size(); i++) {
                    long more = reply.outcome() == Reply.GRANTED ? amounts.get(i) : 0;
                    after.add(reply.count(limits.get(i), i).plus(more));
                }
                yield new Loan.Lent(amounts, after, reply.atMicros());
            }
            case Reply.REFUSED -> new Loan.Full(reply.meters(limits), reply.atMicros());
            case Reply.EMPTY -> new Loan.Unmarked();
            default ->
                throw new IllegalStateException(
                        "lease: outcome " + reply.outcome() + " (expected: a decision after " + TRIES + " tries)");
        };
    }

    @Override
    public CompletionStage<Boolean> tell(String id, List<Limit> limits, Account account) {
        long end = account.standing() == Account.Standing.ENDED ? ENDS : GOES_ON;
        byte[] arguments = Packed.pairs(List.of(time(epochMicros.getAsLong()), end), account.left(), account.charged());
        return link.<Long>run(Script.TELL, keys(id, limits), arguments, own(id)).thenApply(open -> open == 1);
    }

    @Override
    public CompletionStage<Boolean> extend(String id, List<Limit> limits) {
        Amounts none = Amounts.none(0);
        byte[] arguments = Packed.pairs(List.of(time(epochMicros.getAsLong()), RedisStore.TTL_MICROS), none, none);
        return link.<Long>run(
                        Script.EXTEND, keys(id, List.of(limits.getFirst())).subList(0, 2), arguments, own(id))
                .thenApply(expires -> expires > 0);
    }

    private List<byte[]> keys(String id, List<Limit> limits) {
        String tag = Names.tag(limits);
        List<byte[]> keys = new ArrayList<>(3 + limits.size());
        keys.add(Names.record(tag, node + ":" + id));
        keys.add(Names.index(tag));
        limits.forEach(limit -> keys.add(meters.of(limit)));
        return keys;
    }

    private byte[] own(String id) {
        return Names.bytes(node + ":" + id);
    }

    private long time(long nowMicros) {
        return clock == Steps.Clock.GIVEN ? nowMicros : 0;
    }
}
