package io.atlas.repeat;

import io.atlas.dialect.neutral.Fault;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a request says of itself: the name that its caller gave it, and whether a client library sends it again. */
sealed interface Marks {
    String KEY = "idempotency-key";

    /** OpenAI's and Anthropic's libraries count their tries in it, from 0. */
    String RETRY_COUNT = "x-stainless-retry-count";

    int MAX_KEY_CHARACTERS = 255;

    Pattern LATER = Pattern.compile("0*[1-9][0-9]{0,8}");

    /** Nothing. */
    record None() implements Marks {}

    /** A name. */
    record Named(String key) implements Marks {}

    /** That its library would send it again; or that it has. */
    record Counted(Try which) implements Marks {}

    /** Which try of a library it is. */
    enum Try {
        FIRST,
        LATER
    }

    /** What cannot be a name. */
    record Wrong(Fault fault) implements Marks {}

    /** The marks of a request with these headers. A name says more than a count does. */
    static Marks of(MultiMap headers) {
        List<String> keys = headers.getAll(KEY);
        if (keys.isEmpty()) {
            return Optional.ofNullable(headers.get(RETRY_COUNT))
                    .<Marks>map(count -> new Counted(first(count) ? Try.FIRST : Try.LATER))
                    .orElseGet(None::new);
        }
        if (keys.size() > 1 || !isKey(keys.getFirst())) {
            return new Wrong(Fault.ofHeader(
                    KEY,
                    KEY + ": not a key (expected: once, 1 to " + MAX_KEY_CHARACTERS + " visible ASCII characters)"));
        }
        return new Named(keys.getFirst());
    }

    /** What is no number is no retry: nothing is taken for one that does not clearly say so. */
    private static boolean first(String count) {
        return !LATER.matcher(count).matches();
    }

    private static boolean isKey(String text) {
        return !text.isEmpty()
                && text.length() <= MAX_KEY_CHARACTERS
                && text.chars().allMatch(character -> character > ' ' && character < '\u007f');
    }
}
