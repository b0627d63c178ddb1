package io.atlas.yaml;

import io.atlas.yaml.Finding.Severity;
import io.atlas.yaml.Node.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file that is being read: what its references stand for, and where its findings gather. */
public final class Source {
    private static final int MAX_FINDINGS = 1_000;

    private final String file;
    private final Substitution substitution;
    private final List<Finding> findings = new ArrayList<>();
    private boolean failed;

    /** A file of that name, in that environment. */
    public Source(String file, Environment environment) {
        this.file = file;
        this.substitution = new Substitution(environment, this);
    }

    /** Reports what makes the file unusable. */
    public void error(Mark mark, String message) {
        failed = true;
        add(Severity.ERROR, mark, message);
    }

    /** Reports what should not be left so. */
    public void warning(Mark mark, String message) {
        add(Severity.WARNING, mark, message);
    }

    /** The value of a scalar; empty where it is none, which is reported. Messages show the text as it is written. */
    public <T> Optional<T> read(String label, Node node, Grammar<T> grammar) {
        return switch (node) {
            case Node.Scalar scalar -> substitution.apply(scalar).flatMap(text -> value(label, scalar, text, grammar));
            case Node.Broken _ -> Optional.empty();
            case Node.Outline outline -> {
                outline.schema().scalar(grammar);
                yield Optional.empty();
            }
            case Node.Mapping _, Node.Sequence _, Node.Nothing _ -> {
                error(node.mark(), label + ": " + node.shown() + " (" + grammar.complaint("") + ")");
                yield Optional.empty();
            }
        };
    }

    /** A place of this file in a message about another one. */
    public String at(Mark mark) {
        return file + ":" + mark.line() + ":" + mark.column();
    }

    /** How findings call the file. */
    public String file() {
        return file;
    }

    /** Whether the file is unusable. */
    public boolean failed() {
        return failed;
    }

    /** What there is to say of the file, in its order. */
    public List<Finding> findings() {
        return findings.stream().sorted(Finding.BY_PLACE).toList();
    }

    private <T> Optional<T> value(String label, Node.Scalar scalar, String text, Grammar<T> grammar) {
        Optional<T> value = grammar.reading().apply(text);
        if (value.isEmpty()) {
            String shown = grammar.shown().apply(scalar.shown());
            error(scalar.mark(), label + ": " + shown + " (" + grammar.complaint(text) + ")");
        }
        return value;
    }

    private void add(Severity severity, Mark mark, String message) {
        if (findings.size() < MAX_FINDINGS) {
            findings.add(new Finding(severity, file, mark.line(), mark.column(), message));
        } else if (findings.size() == MAX_FINDINGS) {
            findings.add(new Finding(severity, file, mark.line(), mark.column(), "and more, which are not listed"));
        }
    }
}
