package io.atlas;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.ImportTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.TreeScanner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** What is not written here, and what is written instead. */
final class BanList {
    private static final Map<String, String> MEMBERS = Map.of(
            "Thread.sleep", "await the condition that the sleep hopes for",
            "System.out", "log it, or let io.atlas.cli print it",
            "System.err", "log it, or let io.atlas.cli print it",
            "Math.random", "take the random numbers as an argument; in tests from a seed",
            "LocalDateTime.now", "take the time as an argument, in microseconds since the epoch");

    /** Who talks to a person at a terminal: the commands, and the load harness. */
    private static final Set<String> TALKERS = Set.of("io.atlas.terminal", "io.atlas.bench");

    private static final Pattern NAME = Pattern.compile(".+(Manager|Helper|Utils?|Impl)");
    // The brackets keep the patterns from finding themselves.
    private static final Pattern PROMISE = Pattern.compile("\\b(TOD[O]|FIXM[E])\\b(?!.*#[0-9])");
    private static final Pattern SIGNATURE = Pattern.compile("^\\s*(/\\*)?\\*+ @autho[r]\\b");

    private final Set<String> optionals = new HashSet<>();
    private final Set<String> others = new HashSet<>();

    /** The list for these files: it knows the names of all that they declare as an Optional. */
    BanList(List<Source> sources) {
        for (Source source : sources) {
            new Declarations().scan(source.unit(), source);
        }
        optionals.removeAll(others);
    }

    /** All that is banned and in the file, each with its line and the cure. */
    List<String> findings(Source source) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < source.lines().size(); i++) {
            String line = source.lines().get(i);
            if (PROMISE.matcher(line).find()) {
                found.add(at(source, i + 1, "a promise", "do it now, or name the issue: #123"));
            }
            if (SIGNATURE.matcher(line).find()) {
                found.add(at(source, i + 1, "an author", "leave it out, git knows"));
            }
        }
        new Bans(source, found).scan(source.unit(), source);
        return found;
    }

    private static String at(Source source, long line, String what, String cure) {
        return source.name() + ":" + line + ": " + what + " (" + cure + ")";
    }

    /** Learns which names stand for an Optional, and which for anything else, too. */
    private final class Declarations extends TreeScanner<Void, Source> {
        @Override
        public Void visitVariable(VariableTree variable, Source source) {
            learn(variable.getName().toString(), String.valueOf(variable.getType()));
            return super.visitVariable(variable, source);
        }

        @Override
        public Void visitMethod(MethodTree method, Source source) {
            learn(method.getName().toString(), String.valueOf(method.getReturnType()));
            return super.visitMethod(method, source);
        }

        private void learn(String name, String type) {
            (type.startsWith("Optional<") ? optionals : others).add(name);
        }
    }

    private final class Bans extends TreeScanner<Void, Source> {
        private final Source in;
        private final List<String> found;

        Bans(Source in, List<String> found) {
            this.in = in;
            this.found = found;
        }

        @Override
        public Void visitMemberSelect(MemberSelectTree select, Source source) {
            String cure = MEMBERS.getOrDefault(select.toString(), "");
            boolean may = select.toString().startsWith("System.") && TALKERS.contains(in.packageName());
            if (!cure.isEmpty() && !may) {
                ban(select, select.toString(), cure);
            }
            return super.visitMemberSelect(select, source);
        }

        @Override
        public Void visitNewClass(NewClassTree made, Source source) {
            boolean seeded = !in.main() && !made.getArguments().isEmpty();
            boolean dice = in.packageName().equals("io.atlas.time");
            if (made.getIdentifier().toString().equals("Random") && !seeded && !dice) {
                ban(made, "new Random", "take the random numbers as an argument; in tests from a seed");
            }
            return super.visitNewClass(made, source);
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Source source) {
            if (call.getArguments().isEmpty()
                    && call.getMethodSelect() instanceof MemberSelectTree select
                    && select.getIdentifier().contentEquals("get")
                    && optional(select.getExpression())) {
                ban(call, "get() of an Optional", "orElseThrow(), or better map, ifPresent or orElse");
            }
            return super.visitMethodInvocation(call, source);
        }

        @Override
        public Void visitImport(ImportTree imported, Source source) {
            if (imported.getQualifiedIdentifier().toString().endsWith(".*")) {
                ban(imported, "import of everything", "import what is used, by name");
            }
            return super.visitImport(imported, source);
        }

        @Override
        public Void visitAnnotation(AnnotationTree annotation, Source source) {
            if (annotation.getAnnotationType().toString().equals("SuppressWarnings") && !explained(annotation)) {
                ban(annotation, "a warning suppressed without a reason", "mend the cause, or say why: // ...");
            }
            return super.visitAnnotation(annotation, source);
        }

        @Override
        public Void visitClass(ClassTree type, Source source) {
            if (NAME.matcher(type.getSimpleName()).matches()) {
                ban(type, "name " + type.getSimpleName(), "name it for what it is or does");
            }
            return super.visitClass(type, source);
        }

        private boolean optional(ExpressionTree expression) {
            ExpressionTree last = expression instanceof MethodInvocationTree call ? call.getMethodSelect() : expression;
            String name = last instanceof MemberSelectTree select
                    ? select.getIdentifier().toString()
                    : last.toString();
            return optionals.contains(name) || name.equals("findFirst") || name.equals("findAny");
        }

        private boolean explained(Tree part) {
            int line = (int) in.line(part);
            String above = line > 1 ? in.lines().get(line - 2).trim() : "";
            return in.lines().get(line - 1).contains("//") || above.startsWith("//");
        }

        private void ban(Tree part, String what, String cure) {
            found.add(at(in, in.line(part), what, cure));
        }
    }
}
