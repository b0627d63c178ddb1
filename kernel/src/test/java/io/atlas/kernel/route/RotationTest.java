package io.atlas.kernel.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.kernel.route.Rotation.Share;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RotationTest {
    @Test
    void theHeavyOneIsSpreadOut() {
        Rotation<String> rotation = new Rotation<>(List.of(new Share<>("a", 3), new Share<>("b", 1)));
        assertThat(Stream.generate(rotation::next).limit(8)).containsExactly("a", "a", "b", "a", "a", "a", "b", "a");
        Rotation<String> nginx = new Rotation<>(List.of(new Share<>("a", 5), new Share<>("b", 1), new Share<>("c", 1)));
        assertThat(Stream.generate(nginx::next).limit(7)).containsExactly("a", "a", "b", "a", "c", "a", "a");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13})
    void overACycleEveryoneHasExactlyItsShare(long seed) {
        Random random = new Random(seed);
        List<Share<Integer>> shares = new ArrayList<>();
        int total = 0;
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
            int weight = 1 + random.nextInt(20);
            shares.add(new Share<>(i, weight));
            total += weight;
        }
        Rotation<Integer> rotation = new Rotation<>(shares);
        for (int cycle = 0; cycle < 3; cycle++) {
            Map<Integer, Integer> chosen = new HashMap<>();
            for (int i = 0; i < total; i++) {
                chosen.merge(rotation.next(), 1, Integer::sum);
            }
            for (Share<Integer> share : shares) {
                assertThat(chosen).as("seed %d, cycle %d", seed, cycle).containsEntry(share.choice(), share.weight());
            }
        }
    }

    @Test
    void aRotationOverNothingIsAMistake() {
        assertThatThrownBy(() -> new Rotation<>(List.of())).hasMessage("shares: none (expected: at least 1)");
    }
}
