package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.store.StoreAway;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LinkTest {
    @Test
    void whoIsNotAnsweredSaysForHowLongHeHasWaited() {
        assertThatThrownBy(() -> Link.await(new CompletableFuture<>()))
                .isInstanceOf(StoreAway.class)
                .hasMessage("quota store: no answer within PT2S");
    }
}
