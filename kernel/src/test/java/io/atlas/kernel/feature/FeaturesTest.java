package io.atlas.kernel.feature;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FeaturesTest {
    private static final Features SEES = Features.NONE.with(Feature.IMAGES);

    @Test
    void whatSaysNothingCanDoEverythingAndPlainTextNeedsNothing() {
        for (Feature feature : Feature.values()) {
            Features one = Features.NONE.with(feature);
            assertThat(Features.EVERY.cover(one)).isTrue();
            assertThat(Features.NONE.cover(one)).isFalse();
            assertThat(one.cover(Features.NONE)).isTrue();
            assertThat(one.none()).isFalse();
        }
        assertThat(Features.NONE.none()).isTrue();
    }

    @Test
    void allOfWhatIsNeededHasToBeThere() {
        Features both = SEES.with(Feature.TOOLS);
        assertThat(both.cover(SEES)).isTrue();
        assertThat(SEES.cover(both)).isFalse();
        assertThat(both.inOrder()).containsExactly(Feature.TOOLS, Feature.IMAGES);
        assertThat(both.with(Feature.TOOLS)).isSameAs(both);
    }
}
