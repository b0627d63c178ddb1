package io.atlas.yaml;

import io.atlas.yaml.Node.Mark;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What puts values in the place of {@code ${X}} and its kin. A value that was put in is not looked at again. */
final class Substitution {
    private static final int MAX_CHARACTERS = 64 << 10;
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([^}]*)}");
    private static final Pattern VARIABLE =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?:(:-|:\\?)(.*))?", Pattern.DOTALL);
    private static final Pattern FILE = Pattern.compile("file:(/.+)", Pattern.DOTALL);
    private static final Pattern DEFAULT = Pattern.compile("\\$\\{[^}]*:-[^}]+}");
    private static final Pattern LAST_NEWLINE = Pattern.compile("\\r?\\n\\z");

    private final Environment environment;
    private final Source source;

    Substitution(Environment environment, Source source) {
        this.environment = environment;
        this.source = source;
    }

    /** Whether the text itself gives a secret away: it refers to nothing, or brings a default along. */
    static boolean tells(String text) {
        return !REFERENCE.matcher(text).find() || DEFAULT.matcher(text).find();
    }

    /** The text with every reference replaced; empty where one cannot be, each of which is reported. */
    Optional<String> apply(Node.Scalar scalar) {
        Matcher references = REFERENCE.matcher(scalar.text());
        StringBuilder text = new StringBuilder();
        boolean whole = true;
        int end = 0;
        while (references.find()) {
            Optional<String> value = value(references.group(1), scalar.mark());
            whole &= value.isPresent();
            text.append(scalar.text(), end, references.start()).append(value.orElse(""));
            end = references.end();
        }
        String rest = scalar.text().substring(end);
        if (rest.contains("${")) {
            return failed(scalar.mark(), "${", "expected: a closing }");
        }
        if (end > 0 && text.length() > MAX_CHARACTERS) {
            return failed(scalar.mark(), "a text of " + text.length() + " characters", "expected: at most 64KiB");
        }
        return whole ? Optional.of(text.append(rest).toString()) : Optional.empty();
    }

    private Optional<String> value(String reference, Mark mark) {
        Matcher file = FILE.matcher(reference);
        if (file.matches()) {
            return file(file.group(1), mark);
        }
        Matcher variable = VARIABLE.matcher(reference);
        if (!variable.matches()) {
            String forms = "expected: ${X}, ${X:-default}, ${X:?message} or ${file:/path}";
            return failed(mark, "${" + Node.shown(reference) + "}", forms);
        }
        String name = variable.group(1);
        String operator = variable.group(2);
        Optional<String> value = environment.variable(name);
        if (operator == null) {
            return value.or(() -> failed(mark, "${" + name + "}", "expected: a variable that is set"));
        }
        Optional<String> text = value.filter(set -> !set.isEmpty());
        return operator.equals(":-")
                ? text.or(() -> Optional.of(variable.group(3)))
                : text.or(() -> failed(mark, "${" + name + "}", "expected: " + Node.shown(variable.group(3))));
    }

    private Optional<String> file(String path, Mark mark) {
        try {
            return Optional.of(
                    LAST_NEWLINE.matcher(environment.text(Path.of(path))).replaceFirst(""));
        } catch (IOException | InvalidPathException e) {
            String cause = e.getClass().getSimpleName();
            return failed(mark, "${file:" + Node.shown(path) + "}", "expected: a readable file; " + cause);
        }
    }

    private Optional<String> failed(Mark mark, String reference, String expected) {
        source.error(mark, reference + " (" + expected + ")");
        return Optional.empty();
    }
}
