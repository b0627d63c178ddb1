package io.atlas.delivery;

import io.atlas.dialect.neutral.Delta;
import io.atlas.exchange.Relayed;
import io.atlas.exchange.Trail;
import io.atlas.kernel.unit.Usage;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Counts a stream while it flows: by the backend's own count where it gives one, else by the text. */
final class StreamMeter {
    private static final int KEPT_CHARACTERS = 64 << 10;

    private final Trail trail;
    private final boolean countsItself;
    /** Of each choice for itself: one joined from several has other tokens. */
    private final Map<Integer, StringBuilder> texts = new TreeMap<>();

    private int keptCharacters;
    private long furtherBytes;
    private long pieces;
    private int finished;
    private boolean begun;
    private Optional<Usage> reported = Optional.empty();

    StreamMeter(Trail trail, Chosen chosen) {
        this.trail = trail;
        this.countsItself = chosen.backend().type().countsWhileStreaming();
    }

    void count(Delta.Piece piece) {
        begun = true;
        finished += piece.finished();
        if (piece.usage().isPresent()) {
            reported = piece.usage();
        }
        if (piece.text().isEmpty()) {
            return;
        }
        pieces++;
        if (countsItself && reported.isPresent()) {
            return;
        }
        if (keptCharacters + piece.text().length() <= KEPT_CHARACTERS) {
            keptCharacters += piece.text().length();
            texts.computeIfAbsent(piece.choice(), _ -> new StringBuilder()).append(piece.text());
        } else {
            furtherBytes += piece.text().getBytes(StandardCharsets.UTF_8).length;
        }
    }

    void count(Delta.Total total) {
        begun = true;
        reported = Optional.of(total.usage());
    }

    /** Notes how far the stream has come. A piece is at least a token, so that no more is noted than was made. */
    void checkpoint() {
        trail.slot().ifPresent(slot -> slot.checkpoint(inputTokens(), outputTokens()));
        trail.place().ifPresent(place -> place.wrote(outputTokens()));
    }

    private long inputTokens() {
        return reported.isPresent()
                ? reported.get().inputTokens()
                : trail.sizes().orElseThrow().likelyInputTokens();
    }

    private long outputTokens() {
        return reported.isPresent() ? reported.get().outputTokens() : pieces;
    }

    /** Whether anything of the answer has come. */
    boolean begun() {
        return begun;
    }

    /** How many choices said that they were at their end. */
    int finished() {
        return finished;
    }

    /** The backend's last count. */
    Optional<Usage> reported() {
        return reported;
    }

    /** The text, as far as it was not counted by the backend. */
    Relayed relayed() {
        return new Relayed(texts.values().stream().map(StringBuilder::toString).toList(), furtherBytes);
    }
}
