package io.atlas.store.share;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PeersTest {
    private static final long NOW = 17_000_000_000L;

    private final Peers peers = new Peers();

    @Test
    void nobodyIsWaitedForWhereNothingWasLost() {
        peers.saw(List.of("one", "two"));
        assertThat(peers.complete(List.of("one"), NOW)).isTrue();
    }

    @Test
    void whoWasThereAMomentAgoIsWaitedForUntilHeHasTold() {
        peers.saw(List.of("one", "two"));
        peers.await(NOW);
        assertThat(peers.complete(List.of("one", "three"), NOW)).isFalse();
        assertThat(peers.complete(List.of("one", "two", "three"), NOW + 1)).isTrue();
        assertThat(peers.complete(List.of("one"), NOW + 2)).isTrue();
    }

    @Test
    void nobodyIsWaitedForForEver() {
        peers.saw(List.of("one", "two"));
        peers.await(NOW);
        assertThat(peers.complete(List.of("one"), NOW + Peers.PATIENCE_NANOS - 1))
                .isFalse();
        assertThat(peers.complete(List.of("one"), NOW + Peers.PATIENCE_NANOS)).isTrue();
    }

    @Test
    void aSecondLossIsWaitedForLikeTheFirst() {
        peers.saw(List.of("one", "two"));
        peers.await(NOW);
        assertThat(peers.complete(List.of("one"), NOW + Peers.PATIENCE_NANOS)).isTrue();
        peers.await(NOW + 2 * Peers.PATIENCE_NANOS);
        assertThat(peers.complete(List.of("one"), NOW + 2 * Peers.PATIENCE_NANOS))
                .isFalse();
    }

    @Test
    void whoNeverSawAnotherWaitsForNobody() {
        peers.await(NOW);
        assertThat(peers.complete(List.of(), NOW)).isTrue();
    }
}
