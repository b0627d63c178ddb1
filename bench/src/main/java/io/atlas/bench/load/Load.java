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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The load generator: raw connections on a few event loops, light enough to outrun the proxies it drives. */
public final class Load {
    /** How long the last answers may take once the time is up. */
    private static final Duration GRACE = Duration.ofSeconds(10);

    private static final long SEED = 7;

    private final Loops loops = Loops.ofHalfTheMachine();
    private final Prompts.Row row = new Prompts.Row(SEED);
    private final TimeSource time = TimeSource.system();
    private int runs;

    /** Runs the plan; the tally is there once every connection is closed, at the latest the grace after the plan's end. */
    public CompletableFuture<Tally> start(Plan plan) {
        runs++;
        long start = time.nanos();
        List<CompletableFuture<Tally>> tallies = new ArrayList<>();
        for (int index = 0; index < plan.connections(); index++) {
            tallies.add(connect(plan, lane(plan, start, index)));
        }
        return CompletableFuture.allOf(tallies.toArray(CompletableFuture[]::new))
                .thenApply(_ -> {
                    Tally sum = new Tally();
                    tallies.forEach(tally -> sum.add(tally.join()));
                    return sum;
                });
    }

    private Lane lane(Plan plan, long startNanos, int index) {
        long interval = switch (plan.pace()) {
            case Plan.Pace.Closed _ -> 0;
            case Plan.Pace.Open open -> open.intervalNanos();
        };
        long first = startNanos + interval * index / plan.connections();
        long end = startNanos + plan.duration().toNanos();
        Prompts prompts = new Prompts(row, plan.target(), plan.shape(), "r" + runs + "c" + index);
        return new Lane(prompts, plan.shape(), new Lane.Schedule(first, end, interval), time);
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
            closeAfter(connected.channel(), plan.duration().plus(GRACE));
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
