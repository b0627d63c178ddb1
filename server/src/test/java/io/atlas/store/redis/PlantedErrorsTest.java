package io.atlas.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.testing.RealRedis;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the comparison with the kernel is worth: every one of these errors in the scripts is found by it. */
class PlantedErrorsTest {
    private static final int SEEDS = 40;
    private static final int COMMANDS = 1_000;

    private static RealRedis redis;

    enum Planted {
        A_REFUND_GIVES_BACK_ALL_OF_IT("layer = refund(b, layer, unused)", "b.level = math.max(0, b.level - unused)"),
        A_REFUND_LEAVES_ITS_LAYER_AS_IT_IS("b.amount = b.amount - unused else", "b.amount = b.amount else"),
        MORE_THAN_WAS_HELD_IS_NOT_CHARGED("else b.loose = b.loose - unused end", "end"),
        A_REFUND_TAKES_FROM_ITS_OWN_LAYER_ONLY("local left = units\n    while left > 0 do\n        local taken", """
                local left = math.min(units, layer.amount)
                while left > 0 do
                    local taken"""),
        THE_FRACTION_OF_A_UNIT_IS_LOST(
                "units, b.fraction = (product - rest) / period, rest", "units = (product - rest) / period"),
        THE_FRACTION_OF_A_LONG_LEAK_IS_LOST("units, b.fraction = leaked(", "units = leaked("),
        THE_PRODUCT_OF_A_LEAK_IS_ROUNDED(
                "leaked(elapsed, b.rate, period, b.fraction)",
                "floor((elapsed * b.rate + b.fraction) / period), (elapsed * b.rate + b.fraction) % period"),
        A_LAYER_BELOW_IS_FORGOTTEN("b.below = b.below + 1", ""),
        A_LAYER_THAT_IS_GONE_COUNTS("b.below = b.below - call(", "local _ = 0 - call("),
        HOLDS_ARE_NOT_MERGED_WITH_THEIR_LAYER("below.holds = below.holds + layer.holds", ""),
        WHAT_IS_LEFT_OF_A_CLOSED_LAYER_IS_LOST("b.amount = b.amount + layer.amount", ""),
        A_SETTLEMENT_GOES_TO_THE_NEXT_WINDOW("if m.kind == WINDOW and number ~= m.start then return end", ""),
        A_NEW_WINDOW_KEEPS_WHAT_IS_USED(
                "w.start, w.till, w.used, w.held = start, till, 0, 0", "w.start, w.till, w.held = start, till, 0"),
        A_SECOND_SETTLEMENT_COUNTS("        call('DEL', keys[1])\n", ""),
        A_REFUSAL_LEAVES_A_TRACE(
                "if not fits and args[3] == 0 then\n",
                "if not fits and args[3] == 0 then take(values[4], args[5]) save(values[4], args[8], now) flush()\n"),
        WHAT_JUST_FITS_IS_REFUSED("> args[at + 2] - counted", ">= args[at + 2] - counted"),
        A_CLOCK_THAT_STEPS_BACK_IS_BELIEVED("if now <= b.at then return end", "if now == b.at then return end"),
        WHO_IS_ALIVE_EXPIRES("'-inf', now, 'LIMIT'", "'-inf', '+inf', 'LIMIT'"),
        EXPIRY_GIVES_BACK_EVERYTHING("held[at + 1] or held[at + 4]", "held[at + 1] or 0"),
        A_SIGN_OF_LIFE_SHORTENS_IT("math.max(held[1], now + args[2])", "now + args[2]"),
        A_CHANGED_RATE_LEAKS_AS_BEFORE("meter.rate = args[at + 3]", ""),
        A_SLOT_IS_NOT_GIVEN_BACK("m.held = m.held - part", "m.held = m.kind == SLOTS and m.held or m.held - part");

        private final String text;
        private final String instead;

        Planted(String text, String instead) {
            this.text = text;
            this.instead = instead;
        }
    }

    @BeforeAll
    static void start() {
        redis = RealRedis.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @ParameterizedTest
    @EnumSource
    void isFound(Planted error) {
        AtomicInteger places = new AtomicInteger();
        Scripts scripts = Scripts.edited(text -> {
            places.addAndGet(text.contains(error.text) ? 1 : 0);
            return text.replace(error.text, error.instead);
        });
        assertThat(places).as("scripts that hold: " + error.text).hasPositiveValue();
        try (Link link = Link.open(redis.url(), scripts)) {
            Steps steps = new Steps(link, error.name(), Steps.Clock.GIVEN);
            assertThatThrownBy(() -> {
                        for (int seed = 0; seed < SEEDS; seed++) {
                            new Histories(steps, 31L * error.name().hashCode() + seed).play(COMMANDS);
                        }
                    })
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("command");
        }
    }
}
