package io.atlas.kernel.pool;

import io.atlas.kernel.quota.Demand;
import io.atlas.kernel.quota.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What room a provider has by its own words: what it said was left, less what was sent since the request that it said that
 * to, plus what has come back. It comes back evenly until the moment that the provider names: OpenAI and Anthropic say
 * that their quotas refill all the time. Where it names none, nothing comes back for a minute: Azure begins anew each
 * minute, and does not say when. After that moment nothing is known. What
 * was taken and then not sent counts as sent until the next word. Guarded by the lock of its owner.
 */
public final class Learned {
    private static final long MINUTE_MICROS = 60_000_000;
    private static final long MOST_MICROS = 24 * 60 * MINUTE_MICROS;

    /** So that who waits as long as he is told has room then. */
    private static final double ROUNDING = 1e-6;

    private final Map<Kind, Word> words = new EnumMap<>(Kind.class);
    private Mark taken = new Mark(0, 0, 0);
    private long closedUntilMicros;

    /** How much had been taken when a request took its part, that part included. */
    public record Mark(long requests, long inputTokens, long outputTokens) {
        private Mark plus(Demand demand) {
            return new Mark(requests + 1, inputTokens + demand.inputTokens(), outputTokens + demand.outputTokens());
        }

        private long of(Kind kind) {
            return switch (kind) {
                case REQUESTS, CONCURRENT -> requests;
                case TOKENS -> inputTokens + outputTokens;
                case INPUT_TOKENS -> inputTokens;
                case OUTPUT_TOKENS -> outputTokens;
                case CREDITS, COST -> 0;
            };
        }
    }

    /** What is thought of one quota: of so much this much is left, until then. */
    public record Known(Kind kind, long limit, long room, long endsMicros) {}

    private record Word(Told told, Mark mark, long atMicros, long endsMicros) {
        /** What has come back since. */
        long back(long nowMicros) {
            return told.fullAfterMicros().isEmpty()
                    ? 0
                    : (long) (missing() * ((nowMicros - atMicros) / (double) (endsMicros - atMicros)) + ROUNDING);
        }

        /** Until so much more is there. */
        long backMicros(long amount) {
            long whole = endsMicros - atMicros;
            return told.fullAfterMicros().isEmpty() ? whole : (long) Math.ceil(whole * (amount / (double) missing()));
        }

        private long missing() {
            return told.limit() - told.remaining();
        }
    }

    /** A request takes its part. */
    public Mark take(Demand demand) {
        taken = taken.plus(demand);
        return taken;
    }

    /** The provider said that of its quotas to the request of that mark; a word to one before the last that was heard is late. */
    public void hear(Mark mark, List<Told> told, long nowMicros) {
        for (Told one : told) {
            Word before = words.get(one.kind());
            if (before == null || before.mark.requests <= mark.requests) {
                words.put(one.kind(), new Word(one, mark, nowMicros, nowMicros + fullAfterMicros(one)));
            }
        }
    }

    private static long fullAfterMicros(Told told) {
        return told.remaining() >= told.limit()
                ? 0
                : Math.clamp(told.fullAfterMicros().orElse(MINUTE_MICROS), 1, MOST_MICROS);
    }

    /** It refused, and wants nothing before that moment. */
    public void closed(long untilMicros) {
        closedUntilMicros = Math.max(closedUntilMicros, untilMicros);
    }

    /** Until the demand has room as far as that is known, if nothing else is taken; 0 where it has it now. */
    public long waitMicros(Demand demand, long nowMicros) {
        long wait = Math.max(0, closedUntilMicros - nowMicros);
        for (Word word : words.values()) {
            if (nowMicros < word.endsMicros) {
                long lack = demand.of(word.told.kind()) - room(word, nowMicros);
                long ends = word.endsMicros - nowMicros;
                wait = Math.max(wait, lack <= 0 ? 0 : Math.min(ends, word.backMicros(lack)));
            }
        }
        return wait;
    }

    /** What is known now; empty where nothing is. */
    public List<Known> known(long nowMicros) {
        List<Known> known = new ArrayList<>(words.size());
        for (Word word : words.values()) {
            if (nowMicros < word.endsMicros) {
                long room = Math.max(0, room(word, nowMicros));
                known.add(new Known(word.told.kind(), word.told.limit(), room, word.endsMicros));
            }
        }
        return known;
    }

    private long room(Word word, long nowMicros) {
        long since = taken.of(word.told.kind()) - word.mark.of(word.told.kind());
        return Math.min(word.told.limit(), word.told.remaining() + word.back(nowMicros)) - since;
    }
}
