package io.atlas.operator;

import io.atlas.terminal.Admin;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Failure;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code atlas simulate}. */
@Command(
        name = "simulate",
        description = {
            "Says what would become of a request if a key sent it now: served by which model, how much shorter, at what"
                    + " cost at most, each limit before and after; or why not, and what would pass.",
            "",
            "The verdict is made by the stages that serve requests. Nothing is charged, held or written down. What a"
                    + " backend would say is not foretold."
        },
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.NOT_FOUND_LINE,
            ExitCode.USAGE_LINE,
            "65:several keys have that name, or the file cannot be read",
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  atlas simulate --key ci --model large --max-tokens 500 --prompt 'Why is the sky blue?'",
            "  atlas simulate --key acme/search/keys/ci request.json",
            "  atlas simulate --key app --user 4711 --output json request.json"
        })
final class SimulateCommand implements Callable<Integer> {
    private static final long MAX_FILE_BYTES = 64L << 20;

    private final Surroundings surroundings;

    @Mixin
    private Admin admin = new Admin();

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Option(
            names = "--key",
            required = true,
            paramLabel = "KEY",
            description = "Whose request it is: a key's name or path, never its secret.")
    private String key = "";

    @Option(
            names = "--tenant",
            paramLabel = "NAME",
            description = "The tenant of the key, where several have one so named.")
    private Optional<String> tenant = Optional.empty();

    @Option(
            names = "--team",
            paramLabel = "NAME",
            description = "The team of the key, where several have one so named.")
    private Optional<String> team = Optional.empty();

    @Option(
            names = "--user",
            paramLabel = "ID",
            description = "The end user that it is for, as x-atlas-user names one.")
    private Optional<String> user = Optional.empty();

    @Option(
            names = "--tier",
            paramLabel = "NAME",
            description = "The tier that is claimed for him, as x-atlas-tier does.")
    private Optional<String> tier = Optional.empty();

    @Option(names = "--no-downgrade", description = "Takes no other model, as x-atlas-no-downgrade says.")
    private boolean noDowngrade;

    @Option(
            names = "--route",
            paramLabel = "PATH",
            description = "The route that the file is a body for (default: /v1/chat/completions).")
    private Optional<String> route = Optional.empty();

    @ArgGroup(multiplicity = "1")
    private Body body = new Body();

    SimulateCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** The request: a file, or a chat of one message. */
    private static final class Body {
        @Parameters(paramLabel = "FILE", description = "The body of the request, JSON.")
        private String file = "";

        @ArgGroup(exclusive = false, multiplicity = "1")
        private Chat chat = new Chat();
    }

    /** A chat of one message. */
    private static final class Chat {
        @Option(names = "--model", required = true, paramLabel = "NAME", description = "The model of a chat.")
        private String model = "";

        @Option(names = "--prompt", paramLabel = "TEXT", description = "Its one message (default: none).")
        private String prompt = "";

        @Option(names = "--max-tokens", paramLabel = "N", description = "Its bound (default: none).")
        private Optional<Long> maxTokens = Optional.empty();
    }

    @Override
    public Integer call() throws InterruptedException {
        JsonNode foretold = admin.post(surroundings, "quota/check", query(), headers(), bytes());
        format.output().print(Answer.single(foretold, Foretelling.of(foretold)), surroundings.out());
        return ExitCode.OK;
    }

    private Map<String, String> query() {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("key", key);
        tenant.ifPresent(name -> query.put("tenant", name));
        team.ifPresent(name -> query.put("team", name));
        route.ifPresent(path -> query.put("route", path));
        return query;
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        user.ifPresent(id -> headers.put("x-atlas-user", id));
        tier.ifPresent(name -> headers.put("x-atlas-tier", name));
        if (noDowngrade) {
            headers.put("x-atlas-no-downgrade", "true");
        }
        return headers;
    }

    private byte[] bytes() {
        if (body.file.isEmpty()) {
            if (route.isPresent()) {
                throw new Failure(ExitCode.USAGE, "route: without a FILE (expected: a file, as --model makes a chat)");
            }
            return chat();
        }
        Path file = Path.of(body.file);
        try {
            if (Files.size(file) > MAX_FILE_BYTES) {
                throw new Failure(ExitCode.INVALID, file + ": longer than any body (expected: at most 64 MiB)");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new Failure(ExitCode.INVALID, file + ": cannot be read", e);
        }
    }

    private byte[] chat() {
        ObjectNode message = JsonNodeFactory.instance.objectNode();
        message.put("role", "user").put("content", body.chat.prompt);
        ObjectNode request = JsonNodeFactory.instance.objectNode();
        request.put("model", body.chat.model);
        request.putArray("messages").add(message);
        body.chat.maxTokens.ifPresent(most -> request.put("max_tokens", most));
        return JsonMapper.shared().writeValueAsBytes(request);
    }
}
