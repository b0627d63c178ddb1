package io.atlas.order.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atlas.testing.Access;
import io.atlas.testing.RealRedis;
import io.atlas.testing.ServerKind;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The script, held against what it is to do: answer by answer, over long walks. */
class OrderScriptTest {
    private static final int SEEDS = 20;

    private static RealRedis redis;

    /** What the comparison is worth: every one of these errors in the script is found by it. */
    enum Planted {
        A_DEAD_NODE_KEEPS_ITS_PLACES("if now - seen.at > ALIVE then", "if false then"),
        A_SILENT_NODE_IS_WAITED_FOR("if now - seen.at <= FRESH then", "if true then"),
        A_WORD_COUNTS_TWICE("word.number <= before.number", "word.number < before.number"),
        WORK_IS_NOT_CHARGED("state.counters[line] = counter(line) + parts(cost, weight)", ""),
        WEIGHT_IS_NOTHING("cost * PARTS / weight", "cost * PARTS"),
        WHO_JOINS_IS_NOT_LIFTED("state.counters[line] = math.max(counter(line), lifted)", ""),
        WHO_JOINS_IS_FORGIVEN("math.max(counter(line), lifted)", "lifted"),
        WHO_HAS_SOMETHING_THERE_COUNTS_AS_AWAY(" - parts(bid.credit, bid.weight)", ""),
        CREDIT_GROWS_FOR_EVER(
                "math.max(-most, math.min(most, (state.credits[key] or 0) + cost))",
                "(state.credits[key] or 0) + cost"),
        A_BAND_DOES_NOT_PAY("earn(priority, -cost, most)", ""),
        A_BAND_PAYS_WHILE_IT_IS_ALONE("if contended then", "if true then"),
        CREDIT_IS_NOT_HEEDED("local band, found = due or highest, nil", "local band, found = highest, nil"),
        THE_TURNS_OF_OTHERS_ARE_CHARGED("state.counters, state.credits = counters, credits", ""),
        A_CALL_IS_NOT_CHARGED("charge(called.line, called.priority, called.weight, called.cost, all)", ""),
        THE_LAST_COMES_FIRST("one.since < found.since", "one.since > found.since"),
        A_PLACE_THAT_WAS_GIVEN_IS_FREE("seen.slots = word.hold.slots + #calls", "seen.slots = word.hold.slots"),
        A_LEASE_THAT_WAS_GIVEN_IS_FREE("seen.slots = math.max(word.hold.slots, slots)", "seen.slots = word.hold.slots"),
        MORE_IS_LEASED_THAN_IS_FREE("math.min(free, wanted)", "wanted"),
        NOBODY_IS_WAITED_FOR_AFTER_A_LOSS("return now - state.born < ALIVE and count", "return false and count"),
        WHO_LEAVES_GETS_MORE("local spare = leaves and 0 or", "local spare ="),
        WHO_LEAVES_HAS_A_PART("(seen.leaves and 0 or 1)", "1"),
        WHERE_ONE_BEGINS_IS_NOT_REMEMBERED("state.least[key] = value", ""),
        NOTHING_IS_EVER_FORGOTTEN("state.counters, state.least, state.credits = {}, {}, {}", ""),
        WHO_IS_HELD_BACK_IS_WAITED_FOR("if one.left > 0 then\n            some", "if true then\n            some"),
        ANY_NUMBER_IS_CALLED("math.min(MOST_CALLS, places - held())", "places - held()");

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

    @Test
    void theScriptAnswersAsTheOrderDoes() throws Exception {
        try (RedisBoard board = new RedisBoard(redis.url())) {
            for (long seed = 0; seed < SEEDS; seed++) {
                assertThat(new Walk(seed).hold(board, "right"))
                        .as("seed %d: calls", seed)
                        .isPositive();
            }
        }
    }

    static List<ServerKind> kinds() {
        return ServerKind.others();
    }

    @ParameterizedTest(allowZeroInvocations = true)
    @MethodSource("kinds")
    void theScriptAnswersAsTheOrderDoesOnOtherServers(ServerKind kind) throws Exception {
        try (RealRedis other = RealRedis.start(kind, Access.FREE);
                RedisBoard board = new RedisBoard(other.url())) {
            for (long seed = 0; seed < 3; seed++) {
                assertThat(new Walk(seed).hold(board, "right"))
                        .as("seed %d: calls", seed)
                        .isPositive();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void anErrorThatIsPlantedIsFound(Planted error) {
        assertThat(RedisBoard.script()).contains(error.text);
        try (RedisBoard board = new RedisBoard(redis.url(), RedisBoard.script().replace(error.text, error.instead))) {
            assertThatThrownBy(() -> {
                        for (long seed = 0; seed < SEEDS; seed++) {
                            new Walk(seed).hold(board, error.name());
                        }
                    })
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("step");
        }
    }
}
