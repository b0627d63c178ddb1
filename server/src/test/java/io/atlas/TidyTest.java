package io.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.TreeScanner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The house is tidy: every finding names the file, the line and the cure. */
class TidyTest {
    private static final List<Source> SOURCES = Source.all();
    private static final List<Source> MAIN = SOURCES.stream()
            .filter(Source::main)
            .filter(source -> !source.describesPackage())
            .toList();
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s#]+)(#[^)\\s]*)?\\)");
    private static final Pattern SENTENCE = Pattern.compile("/\\*\\*\\s+[A-Z./][^@]*?[.](\\s|\\*)", Pattern.DOTALL);

    @Test
    void noFileHas400Lines() {
        assertThat(SOURCES)
                .filteredOn(source -> source.lines().size() >= 400)
                .extracting(
                        source -> source.name() + ": " + source.lines().size() + " lines (find the second idea in it)")
                .isEmpty();
    }

    @Test
    void filesAreShort() {
        List<Long> lines = MAIN.stream()
                .map(source -> (long) source.lines().size())
                .sorted()
                .toList();
        assertThat(percentile(lines, 50)).as("median of lines in a file").isLessThanOrEqualTo(100);
        assertThat(percentile(lines, 90))
                .as("90th percentile of lines in a file")
                .isLessThanOrEqualTo(300);
    }

    @Test
    void noMethodHas40Lines() {
        List<String> found = new ArrayList<>();
        for (Source source : MAIN) {
            for (MethodTree method : methods(source)) {
                if (source.linesOf(method) >= 40) {
                    found.add(at(source, method) + ": " + source.linesOf(method) + " lines (name its parts)");
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void methodsAreShort() {
        List<Long> lines = MAIN.stream()
                .flatMap(source -> methods(source).stream().map(source::linesOf))
                .sorted()
                .toList();
        assertThat(percentile(lines, 90))
                .as("90th percentile of lines in a method")
                .isLessThanOrEqualTo(20);
    }

    @Test
    void noMethodHasMoreThanFiveParameters() {
        List<String> found = new ArrayList<>();
        for (Source source : MAIN) {
            for (MethodTree method : methods(source)) {
                if (method.getParameters().size() > 5) {
                    found.add(at(source, method) + ": " + method.getParameters().size()
                            + " parameters (some of them are one thing: make it a record)");
                }
            }
        }
        assertThat(found).isEmpty();
    }

    @Test
    void noPackageHasMoreThanTwentyTypes() {
        Map<String, Integer> types = new TreeMap<>();
        MAIN.forEach(source ->
                types.merge(source.packageName(), source.unit().getTypeDecls().size(), Integer::sum));
        types.values().removeIf(count -> count <= 20);
        assertThat(types)
                .as("types in a package (two ideas live in it: part them)")
                .isEmpty();
    }

    @Test
    void noPackageIsMoreThanTwoDeep() {
        assertThat(SOURCES)
                .extracting(Source::packageName)
                .allMatch(name -> name.matches("io\\.atlas(\\.[a-z]+){0,2}"), "at most two words below io.atlas");
    }

    @Test
    void nothingBannedIsWritten() {
        BanList bans = new BanList(SOURCES);
        assertThat(SOURCES.stream().flatMap(source -> bans.findings(source).stream()))
                .isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Collection<String> silent =
                new TreeSet<>(MAIN.stream().map(source -> folder(source.name())).collect(Collectors.toSet()));
        for (Source source : SOURCES) {
            if (source.describesPackage()
                    && SENTENCE.matcher(String.join("\n", source.lines())).find()) {
                silent.remove(folder(source.name()));
            }
        }
        assertThat(silent)
                .as("folders without a package-info.java that begins with a sentence")
                .isEmpty();
    }

    @Test
    void everyLinkInADocumentLeadsSomewhere() {
        List<String> dead = new ArrayList<>();
        for (Path document : Repository.files(".md")) {
            List<String> lines = Repository.read(document).lines().toList();
            for (int i = 0; i < lines.size(); i++) {
                Matcher link = LINK.matcher(lines.get(i));
                while (link.find()) {
                    if (!leadsSomewhere(document, link.group(1))) {
                        dead.add(Repository.name(document) + ":" + (i + 1) + ": " + link.group(1) + " (mend the path)");
                    }
                }
            }
        }
        assertThat(dead).isEmpty();
    }

    @Test
    void theBanListFindsWhatItBans() {
        String banned = """
                import java.util.*;
                /** x
                 * @auth%2$s
                 */
                class ThingManager {
                    // T%1$sDO later
                    // T%1$sDO later #12
                    int two;
                    @SuppressWarnings("all")
                    int one(Optional<String> name) throws Exception {
                        Thread.sleep(1);
                        System.out.println(name.get() + Math.random() + LocalDateTime.now());
                        return new Random().nextInt() + list.stream().findFirst().get();
                    }
                }
                """.formatted("O", "or");
        Source source = Source.of("kernel/src/main/java/X.java", banned);
        assertThat(new BanList(List.of(source)).findings(source))
                .extracting(finding -> finding.replaceAll("^.*java:([0-9]+): (.*?) \\(.*$", "$1 $2"))
                .containsExactlyInAnyOrder(
                        "1 import of everything",
                        "3 an author",
                        "5 name ThingManager",
                        "6 a promise",
                        "9 a warning suppressed without a reason",
                        "11 Thread.sleep",
                        "12 System.out",
                        "12 get() of an Optional",
                        "12 Math.random",
                        "12 LocalDateTime.now",
                        "13 new Random",
                        "13 get() of an Optional");
    }

    @Test
    void aMethodIsMeasuredFromItsFirstToItsLastLine() {
        Source source = Source.of(
                "kernel/src/main/java/X.java",
                "class X {\n    @Override\n    void one(int a,\n            int b) {\n        b();\n    }\n}\nrecord R(int a) { R {} }\n");
        assertThat(methods(source)).extracting(source::linesOf).containsExactly(5L);
        assertThat(methods(source)).extracting(source::line).containsExactly(2L);
    }

    /** The methods with a body, and the constructors of classes; those of records repeat the record's components. */
    private static List<MethodTree> methods(Source source) {
        List<MethodTree> methods = new ArrayList<>();
        new TreeScanner<Void, Boolean>() {
            @Override
            public Void visitClass(ClassTree type, Boolean inRecord) {
                return super.visitClass(type, type.getKind() == Tree.Kind.RECORD);
            }

            @Override
            public Void visitMethod(MethodTree method, Boolean inRecord) {
                if (!inRecord || !method.getName().contentEquals("<init>")) {
                    methods.add(method);
                }
                return super.visitMethod(method, false);
            }
        }.scan(source.unit(), false);
        return methods;
    }

    private static boolean leadsSomewhere(Path document, String target) {
        if (target.contains("://") || target.startsWith("mailto:")) {
            return true;
        }
        Path from = target.startsWith("/") ? Repository.ROOT : document.resolveSibling(".");
        return Files.exists(from.resolve(target.replaceFirst("^/", "")).normalize());
    }

    private static long percentile(List<Long> sorted, int percent) {
        return sorted.get(Math.ceilDiv(sorted.size() * percent, 100) - 1);
    }

    private static String at(Source source, MethodTree method) {
        return source.name() + ":" + source.line(method) + ": " + method.getName();
    }

    private static String folder(String name) {
        return name.substring(0, name.lastIndexOf('/'));
    }
}
