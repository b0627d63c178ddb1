package io.atlas.store.lease;

import io.atlas.kernel.lease.Amounts;
import io.atlas.kernel.lease.Lease;
import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.quota.Place;
import io.atlas.kernel.quota.Reservation;
import io.atlas.kernel.quota.Reservation.Taken;
import io.atlas.kernel.quota.Verdict;
import io.atlas.store.Patience;
import io.atlas.store.lease.Drawing.Drawn;
import io.atlas.store.lease.Drawing.Piece;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What this node holds of limits that are wider than a tenant, and of those of tenants who ask very often, and which
 * request holds what of it. There is a desk for each list of such limits that a request can meet in one place: as many as
 * there are models, about, and one for each path of a tenant that was ever hot.
 */
public final class Leases {
    /** A lease with open requests, and the limits that it is on. */
    public record Held(Lease lease, List<Limit> limits) {}

    private final Floor floor;
    private final Patience patience;
    private final HotPaths hot;

    /** By the last of their limits. */
    private final Map<String, List<Desk>> desks = new ConcurrentHashMap<>();

    /** By the ids of open requests, of which there are as many as a gateway has places for. */
    private final Map<String, Drawn> open = new ConcurrentHashMap<>();

    /** Of a node where nobody waits for a lease longer than that. */
    public Leases(Floor floor, Patience patience) {
        this.floor = floor;
        this.patience = patience;
        hot = new HotPaths(floor::micros);
    }

    /** Those of a path that are leased now: what is wider than a tenant, and all of it where it is hot. */
    public List<Limit> leased(List<Limit> path) {
        return hot.asked(own(path)) ? path : shared(path);
    }

    /**
     * There was not enough of these. Where a tenant's were among them they are not leased for a while, and what lies idle of
     * them is given back, so that it is there for who asks for no more than he needs; says whether they were.
     */
    public boolean cool(List<Limit> leased) {
        List<Limit> own = own(leased);
        if (own.isEmpty()) {
            return false;
        }
        hot.cool(own);
        desks().filter(desk -> desk.meets(own)).forEach(Desk::giveUp);
        return true;
    }

    /** A part of a lease for every one of these limits, or of none. */
    public CompletionStage<Drawing> draw(String id, List<Limit> limits, Demand demand) {
        List<CompletableFuture<Drawing>> asked = new ArrayList<>();
        List<Drawn> here = new ArrayList<>();
        for (List<Limit> there : byPlace(limits)) {
            CompletableFuture<Drawing> one = desk(there).draw(there, demand);
            if (one.state() == Future.State.SUCCESS && one.resultNow() instanceof Drawn drawn) {
                here.add(drawn);
            }
            asked.add(one.isDone() ? one : patience.bounded(one));
        }
        return here.size() == asked.size()
                ? CompletableFuture.completedFuture(keep(id, together(here)))
                : whenAnswered(id, asked);
    }

    private CompletionStage<Drawing> whenAnswered(String id, List<CompletableFuture<Drawing>> asked) {
        return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).handle((_, failure) -> {
            List<Drawing> answers = asked.stream()
                    .filter(one -> !one.isCompletedExceptionally())
                    .map(CompletableFuture::join)
                    .toList();
            List<Drawn> drawn = of(answers, Drawn.class);
            if (failure == null && drawn.size() == asked.size()) {
                return keep(id, together(drawn));
            }
            drawn.forEach(one -> end(one, Optional.empty()));
            if (failure != null) {
                throw new CompletionException(failure);
            }
            return none(answers);
        });
    }

    private static Drawing none(List<Drawing> answers) {
        Optional<Verdict.Refused> refused = of(answers, Drawing.Refused.class).stream()
                .map(Drawing.Refused::refused)
                .reduce(Verdict.Refused::and);
        return refused.isPresent() && of(answers, Drawing.Unknown.class).isEmpty()
                ? new Drawing.Refused(refused.orElseThrow())
                : new Drawing.Unknown();
    }

    private static <T> List<T> of(Collection<Drawing> answers, Class<T> sort) {
        return answers.stream().filter(sort::isInstance).map(sort::cast).toList();
    }

    private static Drawn together(List<Drawn> drawn) {
        List<Piece> pieces = new ArrayList<>();
        List<Taken> taken = new ArrayList<>();
        for (Drawn one : drawn) {
            pieces.addAll(one.pieces());
            taken.addAll(one.taken());
        }
        return new Drawn(pieces, taken);
    }

    private Drawn keep(String id, Drawn drawn) {
        open.put(id, drawn);
        return drawn;
    }

    /** The same of what this node has, without asking for more. */
    public Optional<Drawn> drawHere(String id, List<Limit> limits, Demand demand) {
        List<Drawn> drawn = new ArrayList<>();
        for (List<Limit> there : byPlace(limits)) {
            Optional<Drawing> one = desk(there).drawHere(demand);
            if (one.isEmpty()) {
                drawn.forEach(other -> end(other, Optional.empty()));
                return Optional.empty();
            }
            one.ifPresent(some -> drawn.add((Drawn) some));
        }
        return Optional.of(keep(id, together(drawn)));
    }

    /** Whether the request holds a part of any. */
    public boolean holds(String id) {
        return open.containsKey(id);
    }

    /** The part of a reservation that is not of leases. */
    public Reservation rest(Reservation reservation) {
        Drawn drawn = open.get(reservation.id());
        Set<String> leased = drawn == null ? Set.of() : ids(drawn.taken());
        return reservation.where(limit -> !limit.place().shared() && !leased.contains(limit.id()));
    }

    private static Set<String> ids(List<Taken> taken) {
        Set<String> ids = HashSet.newHashSet(taken.size());
        taken.forEach(one -> ids.add(one.limit().id()));
        return ids;
    }

    /** The request has ended; completes when that is known, or will be told later. */
    public CompletionStage<Boolean> end(String id, Optional<Demand> used) {
        Drawn drawn = open.remove(id);
        return drawn == null ? CompletableFuture.completedFuture(true) : end(drawn, used);
    }

    private static CompletionStage<Boolean> end(Drawn drawn, Optional<Demand> used) {
        CompletableFuture<?>[] heard =
                drawn.pieces().stream().map(piece -> end(piece, used)).toArray(CompletableFuture[]::new);
        return CompletableFuture.allOf(heard).thenApply(_ -> true);
    }

    private static CompletableFuture<Boolean> end(Piece piece, Optional<Demand> used) {
        Desk desk = piece.desk();
        Amounts actual = used.map(demand -> Amounts.of(desk.limits(), demand))
                .orElseGet(() -> Amounts.none(piece.part().amounts().size()));
        return desk.end(piece.part(), actual);
    }

    /** Says what was put off of these limits; completes when that is known where they are counted, or has to wait. */
    public CompletionStage<Boolean> tell(List<Limit> limits) {
        return CompletableFuture.allOf(desks().filter(desk -> desk.owes(limits))
                        .map(Desk::tell)
                        .toArray(CompletableFuture[]::new))
                .thenApply(_ -> true);
    }

    /** Gives back what lies idle, says what was put off, and again what was not heard. */
    public void tend() {
        desks().forEach(Desk::tend);
    }

    /** Gives back all that no request holds, before this node leaves; completes when that is known. */
    public CompletionStage<Boolean> retire() {
        return CompletableFuture.allOf(desks().map(Desk::retire).toArray(CompletableFuture[]::new))
                .thenApply(_ -> true);
    }

    /** This node lives. */
    public void signs() {
        desks().forEach(Desk::signs);
    }

    /** What was counted was lost: of all leases only what open requests hold is left, to be held again under new names. */
    public List<Held> renew() {
        List<Held> held = new ArrayList<>();
        desks().forEach(desk -> desk.renew().forEach(lease -> held.add(new Held(lease, desk.limits()))));
        return held;
    }

    /** Whether it is the name of a lease of this node. */
    public boolean knows(String id) {
        return desks().anyMatch(desk -> desk.knows(id));
    }

    /** What this node could give out of the limit: it is held there, but by no request. */
    public long free(Limit limit) {
        return desks().mapToLong(desk -> desk.free(limit)).sum();
    }

    /** What open requests hold of the limit, of leases. */
    public long held(Limit limit) {
        return desks().mapToLong(desk -> desk.held(limit)).sum();
    }

    private Desk desk(List<Limit> limits) {
        List<Desk> alike = desks.computeIfAbsent(limits.getLast().id(), _ -> new CopyOnWriteArrayList<>());
        for (Desk desk : alike) {
            if (desk.isFor(limits)) {
                return desk;
            }
        }
        return newDesk(alike, limits);
    }

    private synchronized Desk newDesk(List<Desk> alike, List<Limit> limits) {
        Desk desk =
                alike.stream().filter(one -> one.isFor(limits)).findFirst().orElseGet(() -> new Desk(floor, limits));
        if (!alike.contains(desk)) {
            alike.add(desk);
        }
        return desk;
    }

    private Stream<Desk> desks() {
        return desks.values().stream().flatMap(List::stream);
    }

    /** The limits that are counted in the same place stand together in a path. */
    private static List<List<Limit>> byPlace(List<Limit> limits) {
        List<List<Limit>> byPlace = new ArrayList<>();
        int begin = 0;
        for (int i = 1; i <= limits.size(); i++) {
            if (i == limits.size()
                    || !together(limits.get(begin).place(), limits.get(i).place())) {
                byPlace.add(limits.subList(begin, i));
                begin = i;
            }
        }
        return byPlace;
    }

    /** All of a tenant's limits are counted in one place. */
    private static boolean together(Place one, Place other) {
        return one.shared() ? one.equals(other) : !other.shared();
    }

    /** Those of a path that are leased. */
    public static List<Limit> shared(List<Limit> path) {
        return those(path, limit -> limit.place().shared());
    }

    /** Those of a path that are not among what was taken. */
    public static List<Limit> without(List<Limit> path, List<Taken> taken) {
        if (taken.isEmpty()) {
            return path;
        }
        Set<String> ids = ids(taken);
        return those(path, limit -> !ids.contains(limit.id()));
    }

    /** Those of a path that are a tenant's. */
    public static List<Limit> own(List<Limit> path) {
        return those(path, limit -> !limit.place().shared());
    }

    /** A stream would cost a request more than the list that comes of it, several times over. */
    private static List<Limit> those(List<Limit> path, Predicate<Limit> which) {
        List<Limit> those = new ArrayList<>(path.size());
        for (Limit limit : path) {
            if (which.test(limit)) {
                those.add(limit);
            }
        }
        return those;
    }
}
