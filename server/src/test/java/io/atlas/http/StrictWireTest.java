package io.atlas.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The times of a connection, by a clock that the test turns. */
class StrictWireTest {
    private static final WireTimes TIMES = WireTimes.DEFAULT;
    private static final String GOOD = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

    private final StrictWire wire = new StrictWire(32 << 10, TIMES, failure -> {
        throw new AssertionError(failure);
    });
    private final EmbeddedChannel channel = new EmbeddedChannel();

    StrictWireTest() {
        channel.freezeTime();
        channel.pipeline().addLast(wire);
    }

    @Test
    void aConnectionWithoutARequestIsClosedAfter75Seconds() {
        pass(TIMES.idle().minusNanos(1));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofNanos(1));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aConnectionWhoseRequestIsUnansweredIsNotIdle() {
        read(GOOD);
        pass(TIMES.idle().multipliedBy(3));
        assertThat(channel.isOpen()).isTrue();
        wire.answered(channel.eventLoop().ticker().nanoTime());
        pass(TIMES.idle().minusNanos(1));
        assertThat(channel.isOpen()).isTrue();
        pass(Duration.ofNanos(1));
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void aHeadHas10SecondsFromItsFirstByteHoweverItComes() {
        pass(Duration.ofSeconds(30));
        read("GET / HTTP/1.1\r\n");
        for (int i = 0; i < 9; i++) {
            pass(Duration.ofSeconds(1));
            read("x: y\r\n");
        }
        pass(Duration.ofMillis(999));
        assertThat(channel.inboundMessages()).isEmpty();
        pass(Duration.ofMillis(1));
        assertThat(refusals()).containsExactly("the head did not arrive in time");
        read(GOOD);
        assertThat(channel.inboundMessages()).isEmpty();
    }

    @Test
    void aHeadThatIsThereInTimeHasNoTimer() {
        read("GET / HTTP/1.1\r\nhost: a\r\n");
        pass(Duration.ofSeconds(9));
        read("\r\n");
        pass(Duration.ofSeconds(9));
        assertThat(text()).isEqualTo(GOOD);
    }

    @Test
    void aHeadPassesOnlyWhole() {
        read(GOOD.substring(0, GOOD.length() - 1));
        assertThat(channel.inboundMessages()).isEmpty();
        read("\n" + GOOD);
        assertThat(text()).isEqualTo(GOOD + GOOD);
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
    }

    private void read(String text) {
        channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    private String text() {
        StringBuilder text = new StringBuilder();
        for (ByteBuf bytes = channel.readInbound(); bytes != null; bytes = channel.readInbound()) {
            text.append(bytes.toString(StandardCharsets.ISO_8859_1));
            bytes.release();
        }
        return text.toString();
    }

    private List<String> refusals() {
        List<String> refusals = new ArrayList<>();
        for (HttpRequest request = channel.readInbound(); request != null; request = channel.readInbound()) {
            refusals.add(String.valueOf(request.decoderResult().cause().getMessage()));
        }
        return refusals;
    }
}
