package io.atlas.admission;

import io.atlas.dialect.neutral.Ask;
import io.atlas.dialect.neutral.Ask.PromptSize;
import io.atlas.dialect.openai.OpenAiRequest;
import io.atlas.exchange.Asking;
import io.atlas.exchange.Estimated;
import io.atlas.exchange.Passage;
import io.atlas.exchange.Services;
import io.atlas.exchange.Sizes;
import io.atlas.exchange.Stage;
import io.atlas.exchange.Trail;
import io.atlas.kernel.quota.Kind;
import io.atlas.kernel.quota.Level;
import io.atlas.kernel.quota.Limit;
import io.atlas.kernel.route.Ladder;
import io.atlas.model.Model;
import io.atlas.tokenizer.Beside;
import io.atlas.tokenizer.InputCount;
import io.atlas.tokenizer.Template;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.List;
import java.util.OptionalLong;

/**
 * How large the request may become. The input is bounded by its bytes where that bound is a small part of what is left
 * of every limit; near the end of a quota, where the bound would refuse what in truth fits, it is counted.
 */
public final class Estimate implements Stage<Asking, Estimated> {
    /** The least output that is worth serving. */
    static final long LEAST_OUTPUT_TOKENS = Ladder.LEAST_OUTPUT_TOKENS;

    private static final long SMALL_PART = 100;

    private final Services services;
    private final Context context;
    private final Trail trail;

    public Estimate(Services services, Context context, Trail trail) {
        this.services = services;
        this.context = context;
        this.trail = trail;
    }

    @Override
    public Future<Passage<Estimated>> pass(Asking asking) {
        Model model = asking.model();
        Sizes sizes = bounded(services.counts(), asking);
        List<Limit> path = asking.path().limits();
        return Future.fromCompletionStage(services.store().levels(path, trail.atMicros()))
                .compose(levels -> fits(sizes, asking) && smallPart(sizes, model, path, levels)
                        ? Passage.onward(new Estimated(asking, sizes, levels))
                        : counted(asking, sizes)
                                .compose(counted -> Passage.onward(
                                        new Estimated(asking, counted.withOutput(fitted(counted, asking)), levels))));
    }

    /** Whether input and output fit the model's context for certain. Several prompts have one each. */
    private static boolean fits(Sizes sizes, Asking asking) {
        return asking.request().ask().size().prompts() > 1
                || sizes.inputTokens() + sizes.outputTokens() <= asking.model().contextTokens();
    }

    /** The output for which the context has room: a backend refuses what asks for more. */
    private static long fitted(Sizes sizes, Asking asking) {
        if (fits(sizes, asking)) {
            return sizes.outputTokens();
        }
        long room = asking.model().contextTokens() - sizes.likelyInputTokens();
        return Math.min(sizes.outputTokens(), Math.max(LEAST_OUTPUT_TOKENS, room));
    }

    /** The same sizes with the input counted. */
    public Future<Sizes> counted(Asking asking, Sizes sizes) {
        OpenAiRequest request = asking.request();
        String tenant = asking.caller().principal().caller().tenant();
        return Future.fromCompletionStage(
                        services.counts()
                                .prompt(
                                        tenant,
                                        asking.model().name(),
                                        () -> request.promptText().texts(),
                                        template(request.ask().size())),
                        context)
                .map(prompt -> {
                    Beside beside = beside(request.ask().size(), asking.model());
                    long input = Math.min(prompt.atMostTokens() + beside.atMostTokens(), sizes.inputTokens());
                    long likely = Math.min(prompt.likelyTokens() + beside.likelyTokens(), input);
                    return new Sizes(input, likely, OptionalLong.of(input), sizes.outputTokens(), sizes.choices());
                });
    }

    /** The sizes with the input bounded by its bytes. */
    static Sizes bounded(InputCount counts, Asking asking) {
        Ask ask = asking.request().ask();
        Model model = asking.model();
        PromptSize size = ask.size();
        Beside beside = beside(size, model);
        long bound = counts.bound(size.textBytes(), template(size), model.name()) + beside.atMostTokens();
        long likely = counts.likely(size.textBytes(), template(size), model.name()) + beside.likelyTokens();
        return new Sizes(
                bound,
                likely,
                OptionalLong.empty(),
                outputTokens(ask, model),
                ask.output().drafts());
    }

    /** The same request asked of another model, which may count it differently. */
    static Sizes at(Model model, InputCount counts, Asking asking, Sizes sizes) {
        String here = asking.model().name();
        long converted = counts.converted(sizes.inputTokens(), here, model.name());
        // What is no text is as large at every model, so that it must not shrink with the text.
        long input = asking.request().ask().size().textOnly() ? converted : Math.max(converted, sizes.inputTokens());
        long likely = Math.min(input, counts.converted(sizes.likelyInputTokens(), here, model.name()));
        OptionalLong counted = sizes.counted().isPresent() ? OptionalLong.of(input) : OptionalLong.empty();
        return new Sizes(input, likely, counted, outputTokens(asking.request().ask(), model), sizes.choices());
    }

    private static long template(PromptSize size) {
        return Template.OPENAI.tokens(size.messages(), size.names());
    }

    private static Beside beside(PromptSize size, Model model) {
        long texts = size.messages() == 0 && size.tokenIds() == 0 ? size.prompts() : 0;
        return Beside.of(texts, size.tokenIds(), size.images(), model.contextTokens());
    }

    private static long outputTokens(Ask ask, Model model) {
        long wanted = ask.output().maxTokens().orElse(model.defaultOutputTokens());
        return Math.min(wanted, model.maxOutputTokens());
    }

    /** What a limit in shadow says that has nothing left is certain without a count. */
    private static boolean smallPart(Sizes sizes, Model model, List<Limit> path, List<Level> levels) {
        long cost = model.price().ceilingNanoUsd(sizes.inputTokens(), 0);
        long credits = model.price().ceilingCredits(sizes.inputTokens(), 0);
        for (int i = 0; i < path.size(); i++) {
            Kind kind = path.get(i).spec().kind();
            long needed = switch (kind) {
                case TOKENS, INPUT_TOKENS -> sizes.inputTokens();
                case CREDITS -> credits;
                case COST -> cost;
                case REQUESTS, OUTPUT_TOKENS, CONCURRENT -> 0;
            };
            long left = levels.get(i).remaining(path.get(i).spec());
            if (needed > left / SMALL_PART && !(left == 0 && !path.get(i).spec().enforced())) {
                return false;
            }
        }
        return true;
    }
}
