package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.store.Notices;
import io.atlas.testing.RealRedis;
import io.atlas.time.TimeSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NoticesTest {
    private final RealRedis redis = RealRedis.start();
    private final RedisStore store = RedisStore.open(redis.url(), "one", TimeSource.system());
    private final Notices one = store.notices("one");
    private final Notices two = store.notices("two");

    @AfterEach
    void stop() {
        store.close();
        redis.close();
    }

    @Test
    void eachHearsWhatTheOthersSaidLast() {
        assertThat(one.exchange("demand", "a 1")).isEmpty();
        assertThat(two.exchange("demand", "b")).containsExactly("a 1");
        assertThat(one.exchange("demand", "a 2")).containsExactly("b");
        assertThat(two.exchange("demand", "")).containsExactly("a 2");
        assertThat(one.exchange("something else", "a")).isEmpty();
    }

    @Test
    void whatIsOldIsForgotten() {
        redis.tell(commands -> commands.hset("atlas:notices:demand", "gone", "1000 long ago"));
        assertThat(one.exchange("demand", "a")).isEmpty();
        assertThat(redis.<Long>tell(commands -> commands.hlen("atlas:notices:demand")))
                .isEqualTo(1);
        assertThat(redis.<Long>tell(commands -> commands.pttl("atlas:notices:demand")))
                .isBetween(1L, 15_000L);
    }
}
