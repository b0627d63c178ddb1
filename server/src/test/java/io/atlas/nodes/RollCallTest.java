package io.atlas.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.nodes.RollCall.Present;
import io.atlas.nodes.RollCall.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RollCallTest {
    @Test
    void ofThreeNodesTheOneWithAnotherConfigurationDiffersHoweverNewItIs() {
        RollCall call = RollCall.of(List.of(node("a", "old", 1, 0), node("b", "old", 1, 0), node("c", "new", 9, 0)));

        assertThat(call.wanted()).contains("old");
        assertThat(differing(call)).containsExactly("c");
        assertThat(call.agreed()).isFalse();
    }

    @Test
    void ofTwoNodesTheOneThatLacksTheNewerConfigurationDiffers() {
        RollCall call = RollCall.of(List.of(node("a", "new", 2, 0), node("b", "old", 1, 0)));

        assertThat(call.wanted()).contains("new");
        assertThat(differing(call)).containsExactly("b");
    }

    @Test
    void aNodeThatIsSilentNeitherVotesNorDiffers() {
        RollCall call = RollCall.of(
                List.of(node("a", "new", 2, 14_999), node("b", "old", 1, 15_000), node("c", "old", 1, 60_000)));

        assertThat(call.nodes().stream().map(Present::state)).containsExactly(State.LIVE, State.SILENT, State.SILENT);
        assertThat(call.wanted()).contains("new");
        assertThat(call.agreed()).isTrue();
    }

    @Test
    void whereNobodyIsThereNothingIsWanted() {
        assertThat(RollCall.of(List.of()).wanted()).isEmpty();
    }

    @Test
    void ofThoseThatAreThereTheFirstByNameSpeaksForAllAndAloneWhoeverIsNotCalledYet() {
        RollCall call = RollCall.of(List.of(node("a", "x", 1, 15_000), node("b", "x", 1, 0), node("c", "x", 1, 0)));

        assertThat(List.of("a", "b", "c").stream().filter(call::speaks))
                .as("a is silent, and asks for itself")
                .containsExactly("a", "b");
        assertThat(call.speaks("d")).isFalse();
        assertThat(RollCall.of(List.of()).speaks("d")).isTrue();
    }

    private static List<String> differing(RollCall call) {
        return call.nodes().stream()
                .filter(Present::differs)
                .map(node -> node.seen().sign().node())
                .toList();
    }

    private static SeenNode node(String name, String configuration, long since, long silentMillis) {
        return new SeenNode(new Sign(name, "host:1", "1", configuration, since, 0, 0), Duration.ofMillis(silentMillis));
    }
}
