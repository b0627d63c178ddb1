package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.yaml.Names;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
    private static final List<String> KNOWN =
            List.of("tokens", "cost", "maxOutput", "inputTokens", "outputTokens", "per");

    @ParameterizedTest
    @CsvSource({
        "tokns, tokens",
        "tkoens, tokens",
        "Tokens, tokens",
        "token, tokens",
        "cots, cost",
        "maxoutput, maxOutput",
        "max_output, maxOutput",
        "input_tokens, inputTokens",
        "pre, per"
    })
    void theNearestNameIsFound(String text, String name) {
        assertThat(Names.nearest(text, KNOWN)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "foo", "entirely-else", "concurrent"})
    void whatIsFarFromEveryNameHasNoNearest(String text) {
        assertThat(Names.nearest(text, KNOWN)).isEmpty();
    }

    @Test
    void nobodyIsCalledAsAKeyWithoutAUserCounts() {
        assertThat(Naming.USER.fresh().reading().apply("-")).isEmpty();
        assertThat(Naming.KEY.fresh().reading().apply("-")).contains("-");
    }

    @Test
    void ofTwoEquallyNearNamesTheFirstInTheAlphabetIsTaken() {
        assertThat(Names.nearest("gpu-x", List.of("gpu-b", "gpu-a"))).contains("gpu-a");
    }

    @Test
    void aChoiceListsNoMoreThanSixteenNames() {
        List<String> many = IntStream.range(10, 40).mapToObj(i -> "n" + i).toList();
        assertThat(Names.choice("zzzzzz", many)).endsWith("n24, n25, …");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"a", "acme", "Acme-1.de_x:y", "0123456789012345678901234567890123456789012345678901234567890123"
            })
    void aNameIsMadeOfLettersDigitsAndFewSigns(String name) {
        assertThat(Naming.TENANT.fresh().reading().apply(name)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "a/b",
                "ä",
                "a@b",
                "gateway",
                "model",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void anyOtherNameIsRefused(String name) {
        assertThat(Naming.TENANT.fresh().reading().apply(name)).isEmpty();
    }

    @Test
    void onlyAModelMayHaveASlash() {
        assertThat(Naming.MODEL.fresh().reading().apply("Qwen/Qwen3")).contains("Qwen/Qwen3");
        assertThat(Naming.TIER.fresh().reading().apply("Qwen/Qwen3")).isEmpty();
    }

    @Test
    void aTeamIsNotCalledLikeWhatStandsBesideIt() {
        assertThat(Set.of("users", "keys", "whenExhausted"))
                .allSatisfy(name ->
                        assertThat(Naming.TEAM.fresh().reading().apply(name)).isEmpty());
    }
}
