package io.atlas.testing;

import io.atlas.testing.Entry.Ending;
import java.io.IOException;
import java.time.Duration;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The answer to one request, on a thread of its own. What it gives stands in the entry before it is given. */
final class Answer implements Runnable {
    private static final JsonNode NO_FINISH = JsonNodeFactory.instance.nullNode();

    private final Ask ask;
    private final Behaviour behaviour;
    private final Entry entry;
    private final Wire wire;

    Answer(Ask ask, Behaviour behaviour, Entry entry, Wire wire) {
        this.ask = ask;
        this.behaviour = behaviour;
        this.entry = entry;
        this.wire = wire;
    }

    @Override
    public void run() {
        try {
            act();
        } catch (IOException _) {
            entry.end(Ending.LEFT);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void act() throws IOException, InterruptedException {
        int cap = ask.maxTokens();
        switch (behaviour) {
            case Behaviour.Echo _ -> say(Speech.text(ask.question(), cap));
            case Behaviour.Speak speak ->
                say(Speech.text(speak.words(), cap).paced(speak.pause()).reporting(OptionalInt.of(speak.overcount())));
            case Behaviour.Conceal _ ->
                say(Speech.text(Behaviour.DEFAULT_WORDS, cap).reporting(OptionalInt.empty()));
            case Behaviour.Call _ -> say(Speech.call(ask.firstTool(), cap));
            case Behaviour.Converse _ -> converse(cap);
            case Behaviour.Fail fail -> fail(fail.status());
            case Behaviour.Cut cut -> {
                sayFirst(cut.words());
                entry.end(Ending.CUT);
                wire.reset();
            }
            case Behaviour.Stall stall -> {
                sayFirst(stall.words());
                entry.awaitLeaving();
            }
            case Behaviour.Stop stop -> breakOff(stop.words(), "", "{\"choices\":[");
            case Behaviour.Fault fault -> breakOff(fault.words(), Replies.error(500), Replies.error(500));
            case Behaviour.Nonsense _ -> breakOff(0, "<html>", "<html>");
            case Behaviour.Undone _ -> sayUndone();
            case Behaviour.Recite recite -> recite(recite.answer());
        }
    }

    private void fail(int status) throws IOException {
        entry.end(Ending.FAILED);
        wire.plain(status, Replies.error(status));
    }

    private void converse(int cap) throws IOException, InterruptedException {
        if (!ask.callsHaveResults()) {
            fail(400);
            return;
        }
        say(ask.endsWithResult() ? Speech.text(Behaviour.DEFAULT_WORDS, cap) : Speech.call(ask.firstTool(), cap));
    }

    private void recite(RawAnswer answer) throws IOException, InterruptedException {
        switch (answer.then()) {
            case KEEP -> {
                entry.end(Ending.FAILED);
                wire.raw(answer.text());
            }
            case CLOSE -> {
                entry.end(Ending.CUT);
                wire.raw(answer.text());
                wire.close();
            }
            case RESET -> {
                entry.end(Ending.CUT);
                wire.raw(answer.text());
                wire.reset();
            }
            case STALL -> {
                wire.raw(answer.text());
                entry.awaitLeaving();
            }
        }
    }

    /** Says the first words of a stream, and something else instead of the rest; or that instead of a plain answer. */
    private void breakOff(int words, String event, String plain) throws IOException, InterruptedException {
        if (!ask.streams()) {
            entry.end(Ending.FAILED);
            wire.plain(200, plain);
            return;
        }
        if (words > 0) {
            sayFirst(words);
        } else {
            wire.open();
        }
        entry.end(Ending.FAILED);
        if (!event.isEmpty()) {
            wire.event(event);
        }
        wire.end();
    }

    private void sayUndone() throws IOException, InterruptedException {
        Speech speech = Speech.text(Behaviour.DEFAULT_WORDS, ask.maxTokens());
        if (!ask.streams()) {
            say(speech);
        } else if (speak(speech, speech.pieces().size())) {
            chunk(speech, 0, speech.pieces().size(), Replies.object(), finish(speech));
            entry.end(Ending.FINISHED);
            wire.end();
        }
    }

    private void sayFirst(int words) throws IOException, InterruptedException {
        if (ask.streams() && words > 0) {
            speak(Speech.text(Behaviour.WORDS_BEFORE_A_FAULT, ask.maxTokens()), words);
        }
    }

    private void say(Speech speech) throws IOException, InterruptedException {
        if (ask.is(Ask.EMBEDDING)) {
            embed(speech);
            return;
        }
        if (ask.streams()) {
            stream(speech);
            return;
        }
        Duration all = speech.pause().multipliedBy(speech.pieces().size());
        if (entry.leftWithin(all)) {
            return;
        }
        long tokens = (long) speech.pieces().size() * ask.drafts();
        ObjectNode message = Replies.message(speech.pieces(), speech.tool(), ask.callId());
        ObjectNode answer = Replies.answer(ask, message, speech.finish());
        speech.overcount().ifPresent(tooMany -> answer.set("usage", usage(tokens + tooMany)));
        entry.gave(tokens);
        entry.end(Ending.FINISHED);
        wire.plain(200, Replies.text(answer));
    }

    /** Vectors instead of words; what a speech says of its usage holds. */
    private void embed(Speech speech) throws IOException {
        ObjectNode answer = Replies.embeddings(ask);
        if (speech.overcount().isPresent()) {
            answer.set("usage", Replies.usage(entry.promptTokens()));
        }
        entry.end(Ending.FINISHED);
        wire.plain(200, Replies.text(answer));
    }

    private void stream(Speech speech) throws IOException, InterruptedException {
        int tokens = speech.pieces().size();
        if (!speak(speech, tokens)) {
            return;
        }
        for (int choice = 0; choice < ask.choices(); choice++) {
            chunk(speech, choice, tokens, Replies.object(), finish(speech));
        }
        if (ask.wants("include_usage") && speech.overcount().isPresent()) {
            ObjectNode last = Replies.chunk(ask);
            last.set(
                    "usage",
                    usage((long) tokens * ask.choices() + speech.overcount().getAsInt()));
            wire.event(Replies.text(last));
        }
        entry.end(Ending.FINISHED);
        wire.done();
    }

    /** Opens the stream and says the first tokens of all choices side by side; false if the client left meanwhile. */
    private boolean speak(Speech speech, int tokens) throws IOException, InterruptedException {
        wire.open();
        for (int choice = 0; choice < ask.choices() && ask.is(Ask.CHAT); choice++) {
            ObjectNode role = Replies.object().put("role", "assistant").put("content", "");
            chunk(speech, choice, 0, role, NO_FINISH);
        }
        for (int i = 0; i < Math.min(tokens, speech.pieces().size()); i++) {
            if (entry.leftWithin(speech.pause())) {
                return false;
            }
            for (int choice = 0; choice < ask.choices(); choice++) {
                entry.gave(1);
                chunk(speech, choice, i + 1, Replies.delta(speech.pieces(), i, speech.tool(), ask.callId()), NO_FINISH);
            }
        }
        return true;
    }

    private static JsonNode finish(Speech speech) {
        return JsonNodeFactory.instance.stringNode(speech.finish());
    }

    /** A running count is that of its choice and its prompt, as vLLM has it. */
    private void chunk(Speech speech, int choice, int tokensSoFar, ObjectNode delta, JsonNode finish)
            throws IOException {
        ObjectNode chunk = Replies.chunk(ask, choice, delta, finish);
        if (ask.wants("continuous_usage_stats") && speech.overcount().isPresent()) {
            entry.reported(tokensSoFar);
            chunk.set("usage", Replies.usage(ask.promptTokens(choice), tokensSoFar));
        }
        wire.event(Replies.text(chunk));
    }

    private ObjectNode usage(long completionTokens) {
        entry.reported(completionTokens);
        return Replies.usage(entry.promptTokens(), completionTokens);
    }
}
