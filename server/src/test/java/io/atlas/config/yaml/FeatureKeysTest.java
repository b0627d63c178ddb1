package io.atlas.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.kernel.feature.Feature;
import io.atlas.kernel.feature.Features;
import io.atlas.model.Deployment;
import org.junit.jupiter.api.Test;

/** What models and deployments say that they can. */
class FeatureKeysTest {
    private static final String MODEL =
            Yaml.WORLD.replace("basic, price", "basic, features: [ tools, jsonSchema ], price");

    @Test
    void whatSaysNothingCanDoEverythingAndADeploymentSpeaksForItself() {
        assertThat(Yaml.at(Yaml.configuration(Yaml.WORLD).models(), "small").deployments())
                .extracting(Deployment::features)
                .containsExactly(Features.EVERY);
        String yaml = MODEL.replaceFirst(
                "deployments: \\[ .*",
                "deployments: [ { backend: sim }, { backend: sim, features: [] }, "
                        + "{ backend: sim, features: [ images, images ] } ] }");
        assertThat(Yaml.at(Yaml.configuration(yaml).models(), "small").deployments())
                .extracting(Deployment::features)
                .containsExactly(
                        Features.NONE.with(Feature.TOOLS).with(Feature.JSON_SCHEMA),
                        Features.NONE,
                        Features.NONE.with(Feature.IMAGES));
    }

    @Test
    void whatIsNoFeatureIsNamedWithTheNearestOne() {
        assertThat(Yaml.findings(MODEL.replace("jsonSchema", "json_schema")))
                .containsExactly(
                        "atlas.yaml:5:45: error: features: json_schema (expected: one of images, json, jsonSchema, "
                                + "logprobs, reasoning, tools; did you mean `jsonSchema`?)");
        assertThat(Yaml.findings(MODEL.replace("[ tools, jsonSchema ]", "tools")))
                .containsExactly("atlas.yaml:5:36: error: features: tools (expected: a list)");
    }
}
