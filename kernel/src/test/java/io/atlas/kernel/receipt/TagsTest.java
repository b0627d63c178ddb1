package io.atlas.kernel.receipt;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagsTest {
    @Test
    void theOrderAndTheSpacesAroundThemMakeNoDifference() {
        Tags tags = Tags.read("feature=search, env=prod").orElseThrow();
        assertThat(tags).isEqualTo(Tags.read("env=prod,feature=search").orElseThrow());
        assertThat(tags.values()).isEqualTo(Map.of("env", "prod", "feature", "search"));
        assertThat(tags.text()).isEqualTo("env=prod,feature=search");
        assertThat(Tags.of(tags.text())).isEqualTo(tags);
    }

    @Test
    void thereAreAtMostEight() {
        assertThat(Tags.read(many(8))).isPresent();
        assertThat(Tags.read(many(9))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "feature",
                "feature=",
                "=search",
                "Feature=search",
                "1st=search",
                "feature=a b",
                "feature=a'b",
                "feature=é",
                "feature=a=b",
                "feature=a,",
                "feature=a,feature=b",
                "a-name-of-twenty-five-char=x"
            })
    void whatIsNotTagsIsNone(String text) {
        assertThat(Tags.read(text)).as(text).isEmpty();
    }

    @Test
    void aValueHasAtMostFortyEightCharacters() {
        assertThat(Tags.read("a=" + "x".repeat(48))).isPresent();
        assertThat(Tags.read("a=" + "x".repeat(49))).isEmpty();
    }

    private static String many(int count) {
        return IntStream.range(0, count).mapToObj(i -> "t" + i + "=v").collect(Collectors.joining(","));
    }
}
