package io.atlas.dialect.openai;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.Output;
import io.atlas.dialect.neutral.Ask.PromptSize;
import io.atlas.kernel.feature.Feature;
import io.atlas.kernel.feature.Features;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads a body for {@code POST /v1/chat/completions}. */
final class ChatReader extends RequestReader {
    private static final int MAX_TOP_LOGPROBS = 20;

    private final OutputFields output;
    private final MessagesReader messages;
    private boolean tools;
    private boolean likelihoods;

    ChatReader(byte[] body) {
        super(Route.CHAT, body);
        this.output = new OutputFields(body);
        this.messages = new MessagesReader(body);
    }

    @Override
    void field(JsonParser json, String name) {
        switch (name) {
            case "messages" -> messages.read(json);
            case "tools", "functions" -> tools |= holdsSomething(json);
            case "logprobs" -> likelihoods = json.currentToken() == JsonToken.VALUE_TRUE;
            case "top_logprobs" -> numberOrZero(json, name, MAX_TOP_LOGPROBS);
            case "best_of", "echo" -> throw new WrongField(name, name + ": is not a field of a chat");
            default -> output.field(json, name);
        }
    }

    @Override
    Ask ask(String named, long bytes) {
        if (messages.count() == 0) {
            throw new WrongField("messages", "messages: missing (expected: at least one message)");
        }
        PromptSize size = new PromptSize(
                bytes - messages.imageBytes(), messages.count(), messages.names(), 1, 0, messages.images());
        Output wanted = new Output(output.maxTokens(), output.choices(), output.choices());
        return new Ask(named, output.delivery(), wanted, streamOptions().usage(), size, needs());
    }

    private Features needs() {
        Features needs = output.needs();
        needs = tools || messages.tools() ? needs.with(Feature.TOOLS) : needs;
        needs = messages.images() > 0 ? needs.with(Feature.IMAGES) : needs;
        return likelihoods ? needs.with(Feature.LOGPROBS) : needs;
    }

    @Override
    StreamOptions streamOptions() {
        return output.streamOptions();
    }
}
