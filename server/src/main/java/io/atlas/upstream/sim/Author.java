package io.atlas.upstream.sim;

import io.atlas.model.Simulation;
import io.atlas.tokenizer.Budget;
import io.atlas.tokenizer.TokenCounter;
import io.atlas.upstream.sim.Body.Parsed;
import io.atlas.upstream.sim.Script.Call;
import io.atlas.upstream.sim.Script.Choice;
import io.atlas.upstream.sim.Script.Finish;
import io.atlas.upstream.sim.Script.Read;
import io.atlas.upstream.sim.TextRequest.Delivery;
import io.atlas.upstream.sim.TextRequest.Prompt;
import io.atlas.upstream.sim.TextRequest.Tool;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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

    /** What the server will do about a request. */
    sealed interface Plan permits Work, Fault {}

    /** Something to do that takes a place and its time. */
    sealed interface Work extends Plan {}

    /** Speak that script, as far as fate lets it. */
    record Play(Script script, Delivery delivery, Fate fate) implements Work {}

    /** Hand that answer over. */
    record Hand(String model, long promptTokens, String answer) implements Work {}

    /** What to do about a body. */
    Plan plan(Parsed parsed, byte[] body) {
        return switch (parsed) {
            case Fault fault -> fault;
            case TextRequest request -> fated(body, fate -> new Play(script(request), request.delivery(), fate));
            case Embeddings request -> fated(body, _ -> hand(request));
        };
    }

    private Hand hand(Embeddings request) {
        return new Hand(request.model(), request.tokens(counter), request.answer(simulation.seed(), counter));
    }

    private Plan fated(byte[] body, Function<Fate, Plan> work) {
        return switch (Fate.of(simulation, body)) {
            case FAILED -> Fault.FAILED;
            case THROTTLED -> Fault.THROTTLED;
            case Fate fate -> work.apply(fate);
        };
    }

    private Script script(TextRequest request) {
        List<Read> read = new ArrayList<>(request.prompts().size());
        List<Choice> choices = new ArrayList<>(request.prompts().size() * request.choices());
        for (Prompt prompt : request.prompts()) {
            Read tokens = read(prompt);
            read.add(tokens);
            List<String> topics = Prose.topics(prompt.question(), counter);
            long seed = seed(request, prompt);
            for (int i = 0; i < request.choices(); i++) {
                choices.add(choice(request, tokens, topics, new Dice(seed + i)));
            }
        }
        long first = new Dice(seed(request, request.prompts().getFirst())).next();
        String id = request.shape().idPrefix() + HexFormat.of().toHexDigits(first);
        return new Script(request.shape(), id, request.model(), read, choices);
    }

    private long seed(TextRequest request, Prompt prompt) {
        String said = prompt.texts().isEmpty() ? prompt.question() : String.join("\n", prompt.texts());
        return Dice.seed(simulation.seed() + request.seed(), said);
    }

    private Read read(Prompt prompt) {
        long tokens = counter.count(prompt.texts(), Budget.UNLIMITED).tokens() + prompt.otherTokens();
        return new Read(tokens, tokens * simulation.cachedPerMille() / MILLE);
    }

    private Choice choice(TextRequest request, Read prompt, List<String> topics, Dice dice) {
        Optional<Tool> tool = request.call();
        if (tool.isEmpty()) {
            Said said = new Said(Prose.pieces(topics, dice), Finish.STOP, Optional.empty());
            return capped(prompt, said, request.maxTokens());
        }
        String id = "call_" + HexFormat.of().toHexDigits(dice.next());
        List<String> pieces = callPieces(Json.text(SampleArguments.of(tool.get().parameters())));
        Call call = new Call(id, tool.get().name());
        return capped(prompt, new Said(pieces, Finish.TOOL_CALLS, Optional.of(call)), request.maxTokens());
    }

    /** What an answer is where nothing cuts it. */
    private record Said(List<String> pieces, Finish natural, Optional<Call> call) {}

    /** Adds the reasoning that belongs before the pieces, and cuts both to the cap in the same proportion. */
    private Choice capped(Read prompt, Said said, long maxTokens) {
        List<String> pieces = said.pieces;
        int shownPerMille = MILLE - simulation.reasoningPerMille();
        long whole = shownPerMille > 0 ? (long) pieces.size() * MILLE / shownPerMille : pieces.size();
        long tokens = Math.min(whole, maxTokens);
        int shown = (int) Math.ceilDiv(tokens * shownPerMille, MILLE);
        Finish finish = tokens < whole ? Finish.LENGTH : said.natural;
        return new Choice(prompt, tokens - shown, pieces.subList(0, shown), finish, said.call);
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
