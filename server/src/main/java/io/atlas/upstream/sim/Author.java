package io.atlas.upstream.sim;

import io.atlas.config.Simulation;
import io.atlas.tokenizer.Budget;
import io.atlas.tokenizer.Template;
import io.atlas.tokenizer.TokenCounter;
import io.atlas.upstream.sim.ChatRequest.Tool;
import io.atlas.upstream.sim.Script.Call;
import io.atlas.upstream.sim.Script.Choice;
import io.atlas.upstream.sim.Script.Finish;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Decides about requests and writes their answers: always the same for the same request. From any thread. */
final class Author {
    private static final int MILLE = 1_000;
    private static final int ARGUMENT_CHARS = 4;

    private final Simulation simulation;
    private final TokenCounter counter;

    Author(Simulation simulation, TokenCounter counter) {
        this.simulation = simulation;
        this.counter = counter;
    }

    /** Gets ready for the first request, which takes a while. */
    Author warm() {
        counter.warm();
        return this;
    }

    /** What to do about a body. */
    Plan plan(byte[] body) {
        return switch (ChatReader.read(body)) {
            case Fault fault -> fault;
            case ChatRequest request ->
                switch (Fate.of(simulation, body)) {
                    case FAILED -> Fault.FAILED;
                    case THROTTLED -> Fault.THROTTLED;
                    case Fate fate -> new Plan.Play(script(request), request.delivery(), fate);
                };
        };
    }

    private Script script(ChatRequest request) {
        long seed = Dice.seed(simulation.seed() + request.seed(), String.join("\n", request.texts()));
        long prompt = counter.count(request.texts(), Budget.UNLIMITED).tokens()
                + Template.OPENAI.tokens(request.messages(), request.names());
        List<String> topics = Prose.topics(request.question(), counter);
        List<Choice> choices = new ArrayList<>(request.choices());
        for (int i = 0; i < request.choices(); i++) {
            choices.add(choice(request, topics, new Dice(seed + i)));
        }
        String id = "chatcmpl-" + HexFormat.of().toHexDigits(new Dice(seed).next());
        return new Script(id, request.model(), prompt, prompt * simulation.cachedPerMille() / MILLE, choices);
    }

    private Choice choice(ChatRequest request, List<String> topics, Dice dice) {
        Optional<Tool> tool = request.call();
        if (tool.isEmpty()) {
            return capped(Prose.pieces(topics, dice), request.maxTokens(), Finish.STOP, Optional.empty());
        }
        String id = "call_" + HexFormat.of().toHexDigits(dice.next());
        List<String> pieces = callPieces(Json.text(SampleArguments.of(tool.get().parameters())));
        Call call = new Call(id, tool.get().name());
        return capped(pieces, request.maxTokens(), Finish.TOOL_CALLS, Optional.of(call));
    }

    /** Adds the reasoning that belongs before the pieces, and cuts both to the cap in the same proportion. */
    private Choice capped(List<String> pieces, long maxTokens, Finish natural, Optional<Call> call) {
        int shownPerMille = MILLE - simulation.reasoningPerMille();
        long whole = shownPerMille > 0 ? (long) pieces.size() * MILLE / shownPerMille : pieces.size();
        long tokens = Math.min(whole, maxTokens);
        int shown = (int) Math.ceilDiv(tokens * shownPerMille, MILLE);
        return new Choice(tokens - shown, pieces.subList(0, shown), tokens < whole ? Finish.LENGTH : natural, call);
    }

    private static List<String> callPieces(String arguments) {
        List<String> pieces = new ArrayList<>();
        pieces.add("");
        for (int at = 0; at < arguments.length(); ) {
            int end = Math.min(at + ARGUMENT_CHARS, arguments.length());
            if (end < arguments.length() && Character.isLowSurrogate(arguments.charAt(end))) {
                end++;
            }
            pieces.add(arguments.substring(at, end));
            at = end;
        }
        return pieces;
    }
}
