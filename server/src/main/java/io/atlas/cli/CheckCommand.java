package io.atlas.cli;

import io.atlas.config.Configuration;
import io.atlas.config.yaml.ConfigurationReader;
import io.atlas.config.yaml.Reading;
import io.atlas.terminal.Answer;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Failure;
import io.atlas.terminal.Output;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import io.atlas.time.TimeSource;
import io.atlas.yaml.Finding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** {@code atlas check}. */
@Command(
        name = "check",
        description = "Checks a configuration: every error and warning at once, each with file:line:column and what was"
                + " expected. Variables are taken from the environment, as serve does.",
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FINDINGS_LINE,
            ExitCode.USAGE_LINE,
            ExitCode.INVALID_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  atlas check atlas.yaml",
            "  atlas check --schema > atlas.schema.json",
            "  atlas check --strict atlas.yaml && deploy"
        })
final class CheckCommand implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("severity", "file", "line", "column", "message");

    private final Surroundings surroundings;

    @Mixin
    private Output.Choice format = new Output.Choice();

    @Option(names = "--strict", description = "Exit with 2 where there are warnings (default: with 0).")
    private boolean strict;

    @Option(
            names = "--schema",
            description = "Print the JSON Schema of a configuration, for editors, and check nothing.")
    private boolean schema;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The configuration.")
    private Optional<Path> given = Optional.empty();

    CheckCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public Integer call() {
        if (schema) {
            surroundings.out().print(ConfigurationReader.schema());
            return ExitCode.OK;
        }
        return check(given.orElseThrow(() -> new Failure(ExitCode.USAGE, "check: FILE is missing")));
    }

    private int check(Path file) {
        return switch (new ConfigurationFile(file).read(surroundings.environment(), TimeSource.system())) {
            case Reading.Valid valid -> {
                List<Finding> warnings = new ArrayList<>(unserved(file, valid.configuration()));
                warnings.addAll(valid.warnings());
                print(warnings, JsonNodeFactory.instance.objectNode().put("valid", true));
                surroundings.say(file + ": valid: " + contents(valid.configuration()));
                yield strict && !warnings.isEmpty() ? ExitCode.FINDINGS : ExitCode.OK;
            }
            case Reading.Invalid invalid -> {
                print(invalid.findings(), JsonNodeFactory.instance.objectNode().put("valid", false));
                surroundings.say(file + ": invalid");
                yield ExitCode.INVALID;
            }
        };
    }

    /** What keeps {@code serve} from starting with it, though nothing that is in it is wrong. */
    private static List<Finding> unserved(Path file, Configuration configuration) {
        return configuration.server().adminToken().isPresent()
                ? List.of()
                : List.of(new Finding(
                        Finding.Severity.WARNING,
                        file.toString(),
                        1,
                        1,
                        "server.admin.token: missing, so that serve does not start (expected: a token, such as"
                                + " \"${ATLAS_ADMIN_TOKEN}\")"));
    }

    private void print(List<Finding> findings, ObjectNode json) {
        ArrayNode array = json.putArray("findings");
        findings.forEach(finding -> array.add(json(finding)));
        String text = findings.stream()
                .map(finding -> Text.safe(finding.toString()) + "\n")
                .collect(Collectors.joining());
        format.output().print(new Answer(json, text, FIELDS, Answer.rows(array, FIELDS)), surroundings.out());
    }

    private static ObjectNode json(Finding finding) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("severity", finding.severity().name().toLowerCase(Locale.ROOT))
                .put("file", finding.file())
                .put("line", finding.line())
                .put("column", finding.column())
                .put("message", finding.message());
    }

    private static String contents(Configuration configuration) {
        return "backends %d, models %d, tiers %d, tenants %d"
                .formatted(
                        configuration.backends().size(),
                        configuration.models().size(),
                        configuration.tiers().size(),
                        configuration.tenants().size());
    }
}
