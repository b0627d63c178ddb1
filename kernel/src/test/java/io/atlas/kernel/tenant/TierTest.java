package io.atlas.kernel.tenant;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TierTest {
    @Test
    void aNameIsComparedExactly() {
        Tier tier = tier(new ModelPattern.Named("small"));
        assertThat(tier.mayUse("small", "basic")).isTrue();
        for (String other : List.of("Small", "small ", " small", "smal", "small2", "", "*", "basic", "ſmall")) {
            assertThat(tier.mayUse(other, "basic")).as("\"%s\"", other).isFalse();
        }
    }

    @Test
    void aClassIsComparedExactlyAndIsNoName() {
        Tier tier = tier(new ModelPattern.OfClass("basic"));
        assertThat(tier.mayUse("anything", "basic")).isTrue();
        assertThat(tier.mayUse("basic", "expert")).isFalse();
        assertThat(tier.mayUse("anything", "Basic")).isFalse();
    }

    @Test
    void anyCoversEveryModelAndAnEmptyListNone() {
        assertThat(tier(new ModelPattern.Any()).mayUse("anything", "expert")).isTrue();
        assertThat(tier().mayUse("anything", "expert")).isFalse();
    }

    @Test
    void oneEntryOfManyIsEnough() {
        Tier tier = tier(new ModelPattern.Named("small"), new ModelPattern.OfClass("expert"));
        assertThat(tier.mayUse("small", "basic")).isTrue();
        assertThat(tier.mayUse("large", "expert")).isTrue();
        assertThat(tier.mayUse("large", "basic")).isFalse();
    }

    private static Tier tier(ModelPattern... models) {
        return new Tier("free", 0, 1, List.of(models));
    }
}
