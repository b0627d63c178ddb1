package io.atlas.cli;

import io.atlas.app.Developing;
import io.atlas.app.Serving;
import io.atlas.app.Simulating;
import io.atlas.operator.OperatorCommands;
import io.atlas.terminal.ExitCode;
import io.atlas.terminal.Failure;
import io.atlas.terminal.Surroundings;
import io.atlas.terminal.Text;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line, {@code ./atlas}. */
@Command(
        name = "atlas",
        scope = ScopeType.INHERIT,
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        usageHelpWidth = 100,
        synopsisSubcommandLabel = "COMMAND",
        descriptionHeading = "%n",
        parameterListHeading = "%nParameters:%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit codes:%n",
        footerHeading = "%nExamples:%n",
        description = "A gateway that puts exact quotas before language models.",
        exitCodeList = {
            ExitCode.OK_LINE,
            ExitCode.FAILED_LINE,
            "2:findings (check --strict, doctor)",
            ExitCode.USAGE_LINE,
            ExitCode.INVALID_LINE,
            ExitCode.UNAVAILABLE_LINE,
            ExitCode.REFUSED_LINE,
            ExitCode.NOT_PERMITTED_LINE,
            ExitCode.INTERRUPTED_LINE
        },
        footer = {
            "  atlas dev                         everything on one machine, with keys to try",
            "  atlas check atlas.yaml            all errors of a configuration at once",
            "  atlas serve --config atlas.yaml   the gateway",
            "  atlas usage --by tenant,model     who used what",
            "  atlas keys create --tenant acme   a key that works at once",
            "",
            "usage, explain, simulate, quota, keys, nodes and doctor ask the admin listener: --server or",
            "ATLAS_ADMIN_URL, with the token of ATLAS_ADMIN_TOKEN. Data goes to stdout, messages to stderr.",
            "NO_COLOR is honoured."
        })
public final class Main implements Callable<Integer> {
    /** What the three commands start that work without a server. */
    private static final Launch LAUNCH = new Launch(Serving::run, Developing::run, Simulating::run);

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Main() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(Surroundings.system(), LAUNCH, arguments));
    }

    /** Runs one command. */
    static int run(Surroundings surroundings, Launch launch, String... arguments) {
        CommandLine all = new CommandLine(new Main())
                .addSubcommand(new DevCommand(surroundings, launch.developing()))
                .addSubcommand(new ServeCommand(surroundings, launch.serving()))
                .addSubcommand(new CheckCommand(surroundings))
                .addSubcommand(new SimCommand(surroundings, launch.simulating()));
        OperatorCommands.of(surroundings).forEach(all::addSubcommand);
        int exitCode = all.setOut(surroundings.out())
                .setErr(surroundings.err())
                .setColorScheme(Help.defaultColorScheme(surroundings.ansi()))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler((misuse, _) -> misused(surroundings, misuse))
                .setExecutionExceptionHandler((failure, _, _) -> failed(surroundings, failure))
                .execute(arguments);
        surroundings.out().flush();
        surroundings.err().flush();
        return exitCode;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static int misused(Surroundings surroundings, ParameterException misuse) {
        surroundings.say(Text.safe(String.valueOf(misuse.getMessage())));
        UnmatchedArgumentException.printSuggestions(misuse, surroundings.err());
        surroundings.say("see " + misuse.getCommandLine().getCommandSpec().qualifiedName() + " --help");
        return ExitCode.USAGE;
    }

    private static int failed(Surroundings surroundings, Exception failure) {
        return switch (failure) {
            case Failure known -> {
                surroundings.say(Text.safe(String.valueOf(known.getMessage())));
                yield known.exitCode();
            }
            case InterruptedException _ -> ExitCode.INTERRUPTED;
            default -> {
                surroundings.say("this is a mistake in Atlas, please report it");
                failure.printStackTrace(surroundings.err());
                yield ExitCode.FAILED;
            }
        };
    }

    /** The answer to {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                    .orElse("built from source");
            return new String[] {"atlas " + version + " (Java " + Runtime.version() + ")"};
        }
    }
}
