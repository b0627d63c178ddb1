package io.atlas.replay.redis;

import io.atlas.replay.KeptAnswer;
import io.atlas.replay.Neighbours;
import io.atlas.replay.Recording;
import io.atlas.replay.Replays;
import io.atlas.replay.RequestName;
import io.atlas.replay.redis.Search.Outcome;
import io.atlas.time.TimeSource;
import io.lettuce.core.RedisException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes that share a Redis, of which each is asked only where a retry comes that this one cannot tell whose it is.
 * Nothing is kept in the server but the point of the fingerprints: answers go from node to node. Whether the server is
 * away is decided by those who keep the counters; while it is, this node is alone.
 */
public final class RedisNeighbours implements Neighbours {
    private static final Logger LOG = LoggerFactory.getLogger(RedisNeighbours.class);
    private static final String ALL = "atlas:again";

    /** Longer than an answer takes where nobody hangs, and short beside what a retry costs. */
    private static final long PATIENCE_MILLIS = 500;

    private static final long LOOK_MILLIS = 1_000;
    private static final int LOOKS_PER_AGREEMENT = 10;

    /** So often another is found to have no answer though it has said that it would give one. */
    private static final int CLAIMS = 4;

    /** Searches at once, and answers followed at once. */
    private static final int MOST_SEARCHES = 1_000;

    /** Answers given to other nodes at once. */
    private static final int MOST_FORWARDS = 1_000;

    private final Bus bus;
    private final Claims claims;
    private final String node;
    private final Replays here;
    private final TimeSource time;
    private final BooleanSupplier away;
    private final AtomicLong numbers = new AtomicLong();
    private final Map<Long, Search> searches = new ConcurrentHashMap<>();
    private final Map<Long, Mirror> mirrors = new ConcurrentHashMap<>();
    private final Map<Follower, Forward> forwards = new ConcurrentHashMap<>();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("atlas-neighbours").factory());
    private Optional<Future<?>> work = Optional.empty();
    private int looks;

    private record Follower(String node, long search) {}

    private RedisNeighbours(Bus bus, String node, Replays here, TimeSource time, BooleanSupplier away) {
        this.bus = bus;
        claims = new Claims(bus);
        this.node = node;
        this.here = here;
        this.time = time;
        this.away = away;
    }

    /**
     * Those of a node, from now on or from when the server is there.
     *
     * @param here what this node knows itself
     * @param away whether the server is
     */
    public static RedisNeighbours start(String url, String node, Replays here, TimeSource time, BooleanSupplier away) {
        RedisNeighbours neighbours = new RedisNeighbours(new Bus(url), node, here, time, away);
        neighbours.look();
        neighbours.work = Optional.of(neighbours.thread.scheduleWithFixedDelay(
                neighbours::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS));
        return neighbours;
    }

    @Override
    public CompletionStage<Finding> find(Recording recording) {
        if (away.getAsBoolean()
                || searches.size() + mirrors.size() >= MOST_SEARCHES
                || !(recording.name() instanceof RequestName.Printed name)) {
            return CompletableFuture.completedStage(Finding.UNKNOWN);
        }
        long number = numbers.incrementAndGet();
        Search search =
                new Search(here.recordings().standing(name, time.epochMicros()).firsts());
        searches.put(number, search);
        bus.ask(ALL, new Message.Seek(node, number, name)).whenComplete((heard, failure) -> {
            if (failure == null) {
                search.expect(heard - 1);
            } else {
                search.end();
            }
        });
        return search.outcome()
                .completeOnTimeout(new Outcome.Nowhere(), PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .thenCompose(outcome -> {
                    searches.remove(number);
                    return switch (outcome) {
                        case Outcome.At at ->
                            followed(recording, name, at.node(), () -> claimed(recording, name, Claims.NOBODY, CLAIMS));
                        case Outcome.Nowhere _ -> claimed(recording, name, Claims.NOBODY, CLAIMS);
                        case Outcome.Contested _ -> CompletableFuture.completedStage(Finding.UNKNOWN);
                    };
                });
    }

    /**
     * No node has the answer: one is to give it. It is this one, unless another has said so before; that one is followed,
     * and where it has no answer after all, or is heard no more, this one takes its place if no third has. Where the server
     * does not say who it is, each is for itself.
     */
    private CompletionStage<Finding> claimed(
            Recording recording, RequestName.Printed name, String inPlaceOf, int tries) {
        String own = numbers.incrementAndGet() + Claims.BY + node;
        recording.lead();
        return claims.claim(name, own, inPlaceOf).exceptionally(_ -> own).thenCompose(holder -> {
            if (holder.equals(own) || tries == 1) {
                return CompletableFuture.completedStage(Finding.UNKNOWN);
            }
            String other = Claims.node(holder);
            recording.follow();
            Supplier<CompletionStage<Finding>> again = () -> claimed(recording, name, holder, tries - 1);
            return other.equals(node) ? again.get() : followed(recording, name, other, again);
        });
    }

    private CompletionStage<Finding> followed(
            Recording recording, RequestName.Printed name, String other, Supplier<CompletionStage<Finding>> otherwise) {
        return follow(recording, name, other).thenCompose(finding -> switch (finding) {
            case FOUND -> CompletableFuture.completedStage(finding);
            case UNKNOWN -> otherwise.get();
        });
    }

    private CompletionStage<Finding> follow(Recording recording, RequestName.Printed name, String other) {
        long number = numbers.incrementAndGet();
        Mirror mirror = new Mirror(here.recordings(), recording, other, time.nanos());
        mirrors.put(number, mirror);
        bus.ask(channel(other), new Message.Follow(node, number, name)).whenComplete((heard, failure) -> {
            if (failure != null || heard == 0) {
                said(new Message.Forgotten(number));
            }
        });
        return mirror.finding();
    }

    @Override
    public void unserved(RequestName name, long begunMicros) {
        tell(new Message.Unserved(node, name, begunMicros));
    }

    @Override
    public void served(RequestName name) {
        tell(new Message.Served(node, name));
    }

    private void tell(Message message) {
        if (!away.getAsBoolean()) {
            say(ALL, message);
        }
    }

    private CompletionStage<?> say(String channel, Message message) {
        return bus.say(channel, message).whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.atDebug().setCause(failure).log("the other nodes were not told of a request");
            }
        });
    }

    /** Whatever comes must not end the connection that it comes by. */
    private void receive(byte[] bytes) {
        try {
            Packet.read(bytes).ifPresent(this::hear);
        } catch (RuntimeException e) {
            LOG.atWarn().setCause(e).log("another node said what is no message");
        }
    }

    private void hear(Message message) {
        switch (message) {
            case Message.Seek seek
            when !seek.from().equals(node) ->
                say(
                        channel(seek.from()),
                        new Message.Known(
                                seek.search(), node, here.recordings().standing(seek.name(), time.epochMicros())));
            case Message.Known known ->
                Optional.ofNullable(searches.get(known.search()))
                        .ifPresent(search -> search.hear(known.from(), known.standing()));
            case Message.Follow follow -> forward(follow);
            case Message.Leave leave ->
                Optional.ofNullable(forwards.remove(new Follower(leave.from(), leave.search())))
                        .ifPresent(Forward::leave);
            case Message.Said said -> said(said);
            case Message.Unserved unserved
            when !unserved.from().equals(node) ->
                here.storms().unserved(unserved.name(), unserved.begunMicros(), time.epochMicros());
            case Message.Served served
            when !served.from().equals(node) -> here.storms().served(served.name());
            case Message.Seek _, Message.Unserved _, Message.Served _ -> {}
        }
    }

    private void said(Message.Said said) {
        Mirror mirror = mirrors.get(said.search());
        if (mirror != null && mirror.hear(said, time.nanos(), time.epochMicros()) == Mirror.Fate.OVER) {
            mirrors.remove(said.search());
        }
    }

    private void forward(Message.Follow follow) {
        String to = channel(follow.from());
        Optional<Recording> open =
                here.recordings().open(follow.name()).filter(recording -> recording.led() && !recording.contested());
        if (open.isPresent() && forwards.size() < MOST_FORWARDS) {
            Forward forward = new Forward(open.orElseThrow(), follow.search(), message -> say(to, message));
            forwards.put(new Follower(follow.from(), follow.search()), forward);
            forward.begin();
            return;
        }
        Optional<KeptAnswer> given = here.recordings().recent(follow.name(), time.epochMicros());
        say(
                to,
                given.<Message>map(answer -> new Message.Given(follow.search(), 0, answer))
                        .orElseGet(() -> new Message.Forgotten(follow.search())));
    }

    private void look() {
        try {
            if (!bus.connected()) {
                bus.connect(this::receive, ALL, channel(node));
            }
            if (looks++ % LOOKS_PER_AGREEMENT == 0) {
                here.prints().moveTo(bus.agreed(here.prints().point()));
            }
        } catch (RedisException e) {
            LOG.atDebug().setCause(e).log("the other nodes cannot be asked for retries");
        }
        forwards.forEach(this::look);
        mirrors.forEach(this::look);
    }

    private void look(Follower follower, Forward forward) {
        if (forward.over()) {
            forwards.remove(follower);
            return;
        }
        bus.ask(channel(follower.node), new Message.Alive(follower.search)).whenComplete((heard, failure) -> {
            if (failure == null && heard == 0) {
                forward.leave();
            }
        });
    }

    private void look(Long number, Mirror mirror) {
        Mirror.Fate fate = mirror.look(time.nanos());
        if (fate != Mirror.Fate.STAYS) {
            mirrors.remove(number);
        }
        if (fate == Mirror.Fate.LEFT) {
            say(channel(mirror.from()), new Message.Leave(node, number));
        }
    }

    private static String channel(String node) {
        return ALL + ":" + node;
    }

    @Override
    public void close() {
        work.ifPresent(looking -> looking.cancel(true));
        thread.shutdownNow();
        bus.close();
    }
}
