package io.atlas.dialect.openai;

import java.util.List;
import java.util.Optional;

/** The routes by which a model is asked for something: all that is charged comes by one of them. */
public enum Route {
    /** {@code POST /v1/chat/completions}: an answer to messages. */
    CHAT("/v1/chat/completions"),
    /** {@code POST /v1/completions}: the continuation of texts. */
    COMPLETION("/v1/completions"),
    /** {@code POST /v1/embeddings}: texts as vectors. */
    EMBEDDING("/v1/embeddings");

    private static final List<Route> ALL = List.of(values());

    private final String path;

    Route(String path) {
        this.path = path;
    }

    /** The route of that path. */
    public static Optional<Route> at(String path) {
        for (Route route : ALL) {
            if (route.path.equals(path)) {
                return Optional.of(route);
            }
        }
        return Optional.empty();
    }

    /** The path, the same at the gateway as at a backend. */
    public String path() {
        return path;
    }

    /** Reads and checks a body that came by this route. */
    public Decoded decode(byte[] body) {
        RequestReader reader = switch (this) {
            case CHAT -> new ChatReader(body);
            case COMPLETION -> new CompletionReader(body);
            case EMBEDDING -> new EmbeddingReader(body);
        };
        return reader.read();
    }

    /** Whether the strings in that field are the prompt, or part of it. */
    boolean speaks(String field) {
        return switch (field) {
            case "messages" -> this == CHAT;
            case "prompt", "suffix" -> this == COMPLETION;
            case "input" -> this == EMBEDDING;
            default -> false;
        };
    }

    /** Whether that field becomes part of the prompt as it is written, JSON and all. */
    boolean writes(String field) {
        return switch (field) {
            case "tools", "functions", "response_format", "documents" -> this == CHAT;
            default -> false;
        };
    }

    /** Whether that field is the prompt of another route: which of two prompts a backend takes, nobody knows. */
    boolean isOfAnother(String field) {
        return switch (field) {
            case "messages", "prompt", "input" -> !speaks(field);
            default -> false;
        };
    }
}
