package io.atlas.kernel.lease;

import io.atlas.kernel.quota.Meter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The shared side of leases: what nodes hold in advance on meters that all of them share. A lease is a hold like that of a
 * request, so that used and held together never pass a limit, however many nodes there are; it is paid back in parts, as
 * the requests that were given some of it end. This is the specification of the scripts that do the same elsewhere.
 */
public final class Lessor {
    private static final int LATELY = 65_536;

    private static final class Lent {
        private final List<Meter> meters;
        private final List<Meter.Hold> holds;
        private Amounts charged;
        private long expiresAtMicros;

        Lent(List<Meter> meters, List<Meter.Hold> holds, long expiresAtMicros) {
            this.meters = meters;
            this.holds = holds;
            this.expiresAtMicros = expiresAtMicros;
            charged = Amounts.none(meters.size());
        }
    }

    private final Map<String, Lent> lent = new HashMap<>();
    /** Those that ended lately: a word of one that is later than that is not to be expected. */
    private final Map<String, Boolean> ended = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > LATELY;
        }
    };

    /** The amounts of a new lease; nothing where not even the need fits, and of a lease that had ended before it came. */
    public Optional<Amounts> lend(String id, List<Meter> meters, Wish wish, long expiresAtMicros, long nowMicros) {
        if (ended.containsKey(id)) {
            return Optional.empty();
        }
        Lent before = lent.get(id);
        if (before != null) {
            return Optional.of(left(before));
        }
        List<Long> amounts = new ArrayList<>(meters.size());
        for (int i = 0; i < meters.size(); i++) {
            Meter meter = meters.get(i);
            long left = meter.level(nowMicros).room(meter.limit().spec());
            if (wish.need().get(i) > left) {
                return Optional.empty();
            }
            amounts.add(wish.amount(i, left));
        }
        List<Meter.Hold> holds = new ArrayList<>(meters.size());
        for (int i = 0; i < meters.size(); i++) {
            holds.add(meters.get(i).take(amounts.get(i), nowMicros));
        }
        lent.put(id, new Lent(meters, holds, expiresAtMicros));
        return Optional.of(Amounts.of(amounts));
    }

    /** Takes a node's word for one of its leases; false where the lease has ended already. */
    public boolean tell(String id, Account account, long nowMicros) {
        Lent one = lent.get(id);
        if (one == null) {
            // A lease that comes later than its end holds nothing.
            ended.put(id, true);
            return false;
        }
        boolean ends = account.standing() == Account.Standing.ENDED;
        for (int i = 0; i < one.holds.size(); i++) {
            Meter.Hold hold = one.holds.get(i);
            long part = Math.max(0, hold.amount() - account.left().get(i));
            long actual = Math.max(0, account.charged().get(i) - one.charged.get(i));
            if (ends) {
                one.meters.get(i).settle(hold, actual, nowMicros);
            } else if (part > 0 || actual > 0) {
                one.holds.set(i, one.meters.get(i).reduce(hold, part, actual, nowMicros));
            }
        }
        if (ends) {
            end(id);
        } else {
            one.charged = most(one.charged, account.charged());
        }
        return true;
    }

    /** The owner lives: none of its leases that are named expires before that moment. */
    public boolean extend(String id, long expiresAtMicros) {
        Lent one = lent.get(id);
        if (one == null) {
            return false;
        }
        one.expiresAtMicros = Math.max(one.expiresAtMicros, expiresAtMicros);
        return true;
    }

    /**
     * Ends a lease whose owner is dead. What it had used nobody can say, so that all that was left counts as used, until
     * the owner's ledger says better; requests at once are none any more.
     */
    public boolean expire(String id, long nowMicros) {
        Lent one = lent.get(id);
        if (one == null || nowMicros < one.expiresAtMicros) {
            return false;
        }
        for (int i = 0; i < one.holds.size(); i++) {
            Meter.Hold hold = one.holds.get(i);
            one.meters.get(i).settle(hold, hold.amount(), nowMicros);
        }
        end(id);
        return true;
    }

    private void end(String id) {
        lent.remove(id);
        ended.put(id, true);
    }

    private static Amounts left(Lent lent) {
        return Amounts.of(lent.holds.stream().map(Meter.Hold::amount).toList());
    }

    private static Amounts most(Amounts one, Amounts other) {
        List<Long> most = new ArrayList<>(one.size());
        for (int i = 0; i < one.size(); i++) {
            most.add(Math.max(one.get(i), other.get(i)));
        }
        return Amounts.of(most);
    }
}
