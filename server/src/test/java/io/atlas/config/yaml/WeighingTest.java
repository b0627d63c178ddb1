package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By what tokens are weighed, where limits are in credits. */
class WeighingTest {
    @Test
    void everyPriceIsWeighedByTheInputOfTheReference() {
        String dearer = Yaml.WORLD.replace("basic, price: { input: \"1 USD\"", "basic, price: { input: \"0.15 USD\"");

        assertThat(Yaml.configuration(dearer).models().values())
                .extracting(model -> model.price().creditPicoUsd())
                .containsExactly(0L, 0L);
        assertThat(Yaml.configuration(dearer + """
                        credits: { reference: small }
                        limits: [ { credits: 1M, per: month }, { credits: 5k, per: minute, burst: 9k } ]
                        """).models().values())
                .extracting(model -> model.price().creditPicoUsd())
                .containsExactly(150_000L, 150_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0 USD", "0.000999 USD"})
    void whatCostsNearlyNothingIsNoReference(String price) {
        String cheap =
                Yaml.WORLD.replace("basic, price: { input: \"1 USD\"", "basic, price: { input: \"" + price + "\"");
        assertThat(Yaml.findings(cheap + "credits: { reference: small }\n"))
                .containsExactly("atlas.yaml:9:12: error: reference: small is too cheap to weigh by (expected: a model"
                        + " whose input costs 0.001 USD or more)");
    }
}
