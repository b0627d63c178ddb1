package io.atlas.dialect.conversation;

import io.atlas.dialect.wire.Json;
import io.atlas.dialect.wire.Splice.Span;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The turns of a chat, of which the oldest can be left out. A turn is what a user says and everything up to where a user
 * speaks again: so a tool's call and its result are in one. What the system says belongs to no turn and always stays, as
 * does the last turn.
 */
public final class Turns {
    private final byte[] body;
    private final Span place;
    private final List<Message> messages = new ArrayList<>();

    /** A message: to which turn it belongs, -1 where it stays; the tools that it calls, and the call that it answers. */
    private record Message(Span span, int turn, Set<String> calls, Optional<String> answers) {}

    private Turns(byte[] body, Span place) {
        this.body = body;
        this.place = place;
    }

    /** Those of a body that is sound, whose field {@code messages} stands there. */
    public static Turns of(byte[] body, Span messages) {
        Turns turns = new Turns(body, messages);
        try (JsonParser json = Json.lenient(body)) {
            json.nextToken();
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("messages") && json.currentToken() == JsonToken.START_ARRAY) {
                    turns.read(json);
                } else {
                    json.skipChildren();
                }
            }
        }
        return turns;
    }

    private void read(JsonParser json) {
        int turn = 0;
        boolean spoken = false;
        String before = "";
        while (json.nextToken() != JsonToken.END_ARRAY) {
            int start = Math.toIntExact(json.currentTokenLocation().getByteOffset());
            Reading read = new Reading();
            read.message(json);
            int end = Math.toIntExact(json.currentLocation().getByteOffset());
            boolean stays = read.role.equals("system") || read.role.equals("developer");
            if (read.role.equals("user") && !before.equals("user") && spoken) {
                turn++;
            }
            if (!stays) {
                spoken |= read.role.equals("user");
                before = read.role;
            }
            messages.add(new Message(new Span(start, end), stays ? -1 : turn, read.calls, read.answers));
        }
    }

    /** What of a message says with which others it belongs together. */
    private static final class Reading {
        private String role = "";
        private final Set<String> calls = new HashSet<>();
        private Optional<String> answers = Optional.empty();

        private void message(JsonParser json) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "role" -> role = text(json);
                    case "tool_call_id" -> answers = Optional.of(text(json));
                    case "tool_calls" -> calls(json);
                    default -> {}
                }
                json.skipChildren();
            }
        }

        private void calls(JsonParser json) {
            if (json.currentToken() != JsonToken.START_ARRAY) {
                return;
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                if (json.currentToken() == JsonToken.START_OBJECT) {
                    call(json);
                }
                json.skipChildren();
            }
        }

        private void call(JsonParser json) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("id")) {
                    calls.add(text(json));
                }
                json.skipChildren();
            }
        }

        private static String text(JsonParser json) {
            return json.currentToken() == JsonToken.VALUE_STRING ? json.getString() : "";
        }
    }

    /**
     * The messages without so many of the oldest turns that no more than the share of them is left, in bytes; without all
     * that can be left out, where that does not do. Nothing where none can.
     */
    public Optional<byte[]> within(double share) {
        long whole = place.length();
        int most = 0;
        for (int turns = 1; turns <= last() && (most == 0 || length(most) > whole * share); turns++) {
            most = whole(turns) ? turns : most;
        }
        return most == 0 ? Optional.empty() : Optional.of(kept(most));
    }

    private int last() {
        return messages.stream().mapToInt(Message::turn).max().orElse(0);
    }

    /** Whether without the oldest so many no result is left whose call is not. */
    private boolean whole(int turns) {
        Set<String> calls = new HashSet<>();
        for (Message message : messages) {
            if (stays(message, turns)) {
                calls.addAll(message.calls);
                if (message.answers.isPresent() && !calls.contains(message.answers.get())) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean stays(Message message, int turns) {
        return message.turn < 0 || message.turn >= turns;
    }

    private long length(int turns) {
        return messages.stream()
                .filter(message -> stays(message, turns))
                .mapToLong(message -> message.span.length() + 1)
                .sum();
    }

    private byte[] kept(int turns) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream(place.length());
        kept.write('[');
        for (Message message : messages) {
            if (stays(message, turns)) {
                if (kept.size() > 1) {
                    kept.write(',');
                }
                kept.write(body, message.span.start(), message.span.length());
            }
        }
        kept.write(']');
        return kept.toByteArray();
    }
}
