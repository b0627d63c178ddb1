package io.atlas.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.atlas.time.TimeSource;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenCounterTest {
    private static final String SENTENCE = "The quick brown fox jumps over the lazy dog, and then it rests. ";

    private final TokenCounter counter = new TokenCounter(TimeSource.system());

    @Test
    void aKnownTextHasItsKnownTokens() {
        assertThat(counter.count("")).isZero();
        assertThat(counter.count("hello world")).isEqualTo(2);
        assertThat(counter.count(SENTENCE.strip())).isEqualTo(15);
    }

    @Test
    void namesOfSpecialTokensAreOrdinaryText() {
        assertThat(counter.count("<|endoftext|>")).isGreaterThan(1);
        assertThat(counter.count("a <|endofprompt|> b")).isGreaterThan(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain words",
                "私はガラスを食べられます。それは私を傷つけません。",
                "👩‍👩‍👧‍👦🏳️‍🌈🇮🇹🤷🏽‍♀️",
                "\u0000\u0001\u0002",
                "\n\n\n   \t\t ",
                "ꙮ𒐫𝓪𝓫𝓬",
                "((((((((((((((((((((",
                "\ud800 alone \udc00"
            })
    void noTextHasMoreTokensThanBytes(String text) {
        assertThat(counter.count(text)).isBetween(1L, bytes(text));
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void noRandomTextHasMoreTokensThanBytesWhateverTheBudget(long seed) {
        Random random = new Random(seed);
        String text = random.ints(6_000, 0, Character.MAX_CODE_POINT + 1)
                .map(point -> random.nextInt(3) == 0 ? point : point % 0x250)
                .filter(point -> point < Character.MIN_SURROGATE || point > Character.MAX_SURROGATE)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        long exact = counter.count(text);
        Count partly = counter.count(List.of(text), new Budget(0, random.nextInt(9_000), Long.MAX_VALUE));

        assertThat(exact).as("seed %d", seed).isBetween(1L, bytes(text));
        assertThat(partly.tokens()).as("seed %d", seed).isBetween(exact, bytes(text));
        assertThat(partly.countedBytes() + partly.boundedBytes())
                .as("seed %d", seed)
                .isEqualTo(bytes(text));
    }

    @Test
    void base64StaysWithinItsBytes() {
        byte[] noise = new byte[30_000];
        new Random(7).nextBytes(noise);
        String text = Base64.getEncoder().encodeToString(noise);

        assertThat(counter.count(text)).isBetween(bytes(text) / 3, bytes(text));
    }

    @Test
    void slicesOfProseAreCutBetweenWordsAndLoseNothing() {
        long one = counter.count(SENTENCE) - counter.count(" ");
        String long1000 = SENTENCE.repeat(1_000);

        Count count = counter.count(List.of(long1000), Budget.UNLIMITED);

        assertThat(count.tokens()).isEqualTo(1_000 * one + 1);
        assertThat(count.exact()).isTrue();
    }

    @Test
    void anExhaustedBudgetOfBytesTakesTheRestByteForByte() {
        String text = SENTENCE.repeat(1_000);

        Count count = counter.count(List.of(text, text), new Budget(0, 10_000, Long.MAX_VALUE));

        assertThat(count.countedBytes()).isBetween(9_000L, 10_000L);
        assertThat(count.boundedBytes()).isEqualTo(2 * bytes(text) - count.countedBytes());
        assertThat(count.tokens()).isBetween(count.boundedBytes() + 2_000, count.boundedBytes() + 3_000);
        assertThat(count.exact()).isFalse();
    }

    @Test
    void anExhaustedBudgetOfTimeTakesTheRestByteForByte() {
        String text = SENTENCE.repeat(1_000);
        TokenCounter slow = new TokenCounter(new OneMillisecondALook());

        Count count = slow.count(List.of(text), new Budget(0, Long.MAX_VALUE, 5_000_000));

        assertThat(count.countedBytes())
                .as("a fourth slice would end with the time")
                .isBetween(3 * 4_000L, 3 * 4_096L);
        assertThat(count.boundedBytes()).isEqualTo(bytes(text) - count.countedBytes());
    }

    @Test
    void whatIsSmallIsCountedHoweverLongItHasWaitedAndOfWhatIsLargeOneSlice() {
        String large = SENTENCE.repeat(200);
        String small = large.substring(0, 8_191);
        Budget over = new Budget(8_192, Long.MAX_VALUE, 0);

        assertThat(counter.count(List.of(small, "."), over).exact()).isTrue();
        assertThat(counter.count(List.of(small, "é"), over).countedBytes()).isBetween(4_000L, 4_096L);
        assertThat(counter.count(List.of(large), over).countedBytes()).isBetween(4_000L, 4_096L);
    }

    @Test
    void noBudgetAtAllIsTheLengthInBytes() {
        Count count = counter.count(List.of("é", "日本", "🙂"), new Budget(0, 0, Long.MAX_VALUE));

        assertThat(count).isEqualTo(new Count(12, 0, 12));
    }

    @Test
    void aTemplateAddsToMessagesNamesAndTheReply() {
        assertThat(Template.OPENAI.tokens(2, 1)).isEqualTo(2 * 4 + 1 + 3);
        assertThat(Template.OPENAI.tokens(0, 0)).isZero();
    }

    /** The example of OpenAI's cookbook, for which the API of GPT-4o reported 124 tokens of prompt. */
    @Test
    void aConversationHasTheTokensThatOpenAiReports() {
        List<String> namesAndTexts = List.of(
                "You are a helpful, pattern-following assistant that translates corporate jargon into plain English.",
                "example_user",
                "New synergies will help drive top-line growth.",
                "example_assistant",
                "Things working well together will increase revenue.",
                "example_user",
                "Let's circle back when we have more bandwidth to touch base on opportunities for increased leverage.",
                "example_assistant",
                "Let's talk later when we're less busy about how to do better.",
                "This late pivot means we don't have time to boil the ocean for the client deliverable.");
        long texts = counter.count(namesAndTexts, Budget.UNLIMITED).tokens();

        assertThat(texts + Template.OPENAI.tokens(6, 4)).isEqualTo(124);
    }

    /** A surrogate without its other half is what it becomes on the way: U+FFFD. */
    private static long bytes(String text) {
        return text.codePoints()
                .mapToLong(point -> point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE
                        ? 3
                        : Character.toString(point).getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    /** A clock that moves on when it is looked at. */
    private static final class OneMillisecondALook implements TimeSource {
        private long nanos;

        @Override
        public long epochMicros() {
            return nanos / 1_000;
        }

        @Override
        public long nanos() {
            nanos += 1_000_000;
            return nanos;
        }
    }
}
