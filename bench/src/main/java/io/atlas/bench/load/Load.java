package io.atlas.bench.load;

import io.atlas.time.TimeSource;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpResponseDecoder;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The load generator: raw connections on a few event loops, light enough to outrun the proxies it drives. */
public final class Load {
    private static final long SEED = 7;

    private final Loops loops = Loops.ofHalfTheMachine();
    private final Map<Asking.Text, Passages> passages = new HashMap<>();
    private final TimeSource time = TimeSource.system();
    private int runs;

    /** Runs the plan; the tally is there once every connection is closed, at the latest the grace after the plan's end. */
    public CompletableFuture<Tally> start(Plan plan) {
        runs++;
        long start = time.nanos();
        List<CompletableFuture<Tally>> tallies = new ArrayList<>();
        for (int index = 0; index < plan.connections(); index++) {
            tallies.add(open(plan, lane(plan, start, index)));
        }
        return CompletableFuture.allOf(tallies.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    Tally sum = new Tally();
                    tallies.forEach(tally -> sum.add(tally.join()));
                    return sum;
                });
    }

    private Lane lane(Plan plan, long startNanos, int index) {
        long interval = plan.intervalNanos();
        long first = startNanos + (long) (interval * (double) index / plan.connections());
        long end = startNanos + plan.duration().toNanos();
        Prompts prompts =
                new Prompts(passages(plan.asking().text()), plan.target(), plan.asking(), "r" + runs + "c" + index);
        return new Lane(prompts, plan.asking(), new Lane.Schedule(first, end, interval), time);
    }

    /** All prompts of one script are taken out of the same row. */
    private Passages passages(Asking.Text text) {
        return passages.computeIfAbsent(text, absent -> switch (absent) {
            case Asking.Text.Words _ -> Passages.words(SEED);
            case Asking.Text.Written written -> Passages.written(written.script(), SEED);
        });
    }

    /** Connects at once; where each asks but once, when it is due: a connection that waits for its request is cut off. */
    private CompletableFuture<Tally> open(Plan plan, Lane lane) {
        if (plan.pace() instanceof Plan.Pace.Once) {
            Runnable connect = () -> {
                var _ = connect(plan, lane);
            };
            var _ = loops.group().schedule(connect, lane.dueNanos() - time.nanos(), TimeUnit.NANOSECONDS);
            return lane.done();
        }
        return connect(plan, lane);
    }

    private CompletableFuture<Tally> connect(Plan plan, Lane lane) {
        ChannelFuture connected = new Bootstrap()
                .group(loops.group())
                .channel(loops.socket())
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new HttpResponseDecoder()).addLast(lane);
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), plan.target().port());
        connected.addListener(_ -> {
            Throwable refused = connected.cause();
            if (refused != null) {
                lane.done().completeExceptionally(refused);
                return;
            }
            closeAfter(connected.channel(), plan.duration().plus(plan.grace()));
        });
        return lane.done();
    }

    private static void closeAfter(Channel channel, Duration time) {
        Runnable close = () -> {
            var _ = channel.close();
        };
        Future<?> closing = channel.eventLoop().schedule(close, time.toMillis(), TimeUnit.MILLISECONDS);
        channel.closeFuture().addListener(_ -> closing.cancel(false));
    }
}
