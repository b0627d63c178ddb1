package io.atlas;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which package imports what: the Atlas packages and the libraries, by name.
 *
 * @param imports of each package, in the order of the table or of the alphabet
 */
record Floors(Map<String, NavigableSet<String>> imports) {
    static final String BEGIN = "<!-- floors: begin -->";
    static final String END = "<!-- floors: end -->";

    private static final String ATLAS = "io.atlas.";
    private static final Pattern ROW = Pattern.compile("(?m)^\\| (io\\.atlas\\.[a-z.]+) \\|[^|\n]*\\|([^|\n]*)\\|$");
    private static final Pattern SENTENCE = Pattern.compile("/\\*\\*\\s*(.*?)\\.?(\\s*\\*/|\\.\\s)", Pattern.DOTALL);

    /** What the table calls a library, by the packages it is made of. The rest of java. is free to all but the kernel. */
    private static final Map<String, String> LIBRARIES = Map.ofEntries(
            Map.entry("java.sql.", "java.sql"),
            Map.entry("javax.sql.", "java.sql"),
            Map.entry("java.net.http.", "java.net.http"),
            Map.entry("javax.crypto.", "javax.crypto"),
            Map.entry("com.sun.", "jdk"),
            Map.entry("jdk.", "jdk"),
            Map.entry("sun.", "jdk"),
            Map.entry("io.vertx.", "vertx"),
            Map.entry("io.netty.", "netty"),
            Map.entry("tools.jackson.", "jackson"),
            Map.entry("com.fasterxml.jackson.", "jackson"),
            Map.entry("io.lettuce.", "lettuce"),
            Map.entry("com.knuddels.jtokkit.", "jtokkit"),
            Map.entry("org.sqlite.", "sqlite"),
            Map.entry("org.postgresql.", "postgresql"),
            Map.entry("org.flywaydb.", "flyway"),
            Map.entry("org.snakeyaml.", "snakeyaml"),
            Map.entry("io.prometheus.", "prometheus"),
            Map.entry("org.HdrHistogram.", "hdrhistogram"),
            Map.entry("picocli.", "picocli"),
            Map.entry("de.siegmar.fastcsv.", "fastcsv"),
            Map.entry("org.slf4j.", "slf4j"),
            Map.entry("ch.qos.logback.", "logback"));

    /** What ARCHITECTURE.md says. */
    static Floors declared(String architecture) {
        int begin = architecture.indexOf(BEGIN);
        int end = architecture.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IllegalStateException("ARCHITECTURE.md: no table (expected: " + BEGIN + " ... " + END + ")");
        }
        Map<String, NavigableSet<String>> rows = new LinkedHashMap<>();
        Matcher row = ROW.matcher(architecture.substring(begin, end));
        while (row.find()) {
            NavigableSet<String> words = new TreeSet<>();
            for (String word : List.of(row.group(2).trim().split("[, ]+", -1))) {
                if (!word.isEmpty()) {
                    words.add(word);
                }
            }
            if (rows.put(row.group(1), words) != null) {
                throw new IllegalStateException("ARCHITECTURE.md: two rows for " + row.group(1) + " (expected: one)");
            }
        }
        return new Floors(rows);
    }

    /** What the byte code says. A package without a class is not a package yet. */
    static Floors compiled(JavaClasses classes) {
        NavigableMap<String, NavigableSet<String>> found = new TreeMap<>();
        for (JavaClass type : classes) {
            if (type.getSimpleName().equals("package-info")) {
                continue;
            }
            NavigableSet<String> words = found.computeIfAbsent(type.getPackageName(), _ -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                word(target).filter(word -> !word.equals(type.getPackageName())).ifPresent(words::add);
            }
        }
        return new Floors(found);
    }

    /** What the table has to say about an import of that class; nothing for what everyone may use. */
    private static Optional<String> word(JavaClass target) {
        String name = target.getName();
        if (name.startsWith(ATLAS)) {
            return Optional.of(target.getPackageName());
        }
        for (Map.Entry<String, String> library : LIBRARIES.entrySet()) {
            if (name.startsWith(library.getKey())) {
                return Optional.of(library.getValue());
            }
        }
        boolean free = target.isPrimitive() || name.startsWith("java.") || name.startsWith("org.jspecify.");
        return free ? Optional.empty() : Optional.of(target.getPackageName());
    }

    /** Every difference of the table from the byte code, a line each. */
    List<String> differences(Floors compiled) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, NavigableSet<String>> real : compiled.imports.entrySet()) {
            Optional<NavigableSet<String>> row = Optional.ofNullable(imports.get(real.getKey()));
            if (row.isEmpty()) {
                lines.add(real.getKey() + ": has no row");
                continue;
            }
            for (String word : without(real.getValue(), row.orElseThrow())) {
                lines.add(real.getKey() + ": imports " + word + ", which its row does not permit");
            }
            for (String word : without(row.orElseThrow(), real.getValue())) {
                lines.add(real.getKey() + ": its row permits " + word + ", which nobody imports");
            }
        }
        for (String row : without(imports.keySet(), compiled.imports.keySet())) {
            lines.add(row + ": a row without a package");
        }
        return lines;
    }

    /** The packages that stand on each other; none where every one stands on what is below it. */
    List<String> cycle() {
        Map<String, NavigableSet<String>> left = new TreeMap<>(imports);
        while (left.entrySet().removeIf(one -> one.getValue().stream().noneMatch(left::containsKey))) {
            // Takes away what stands on nothing that is left, until that is nothing or a cycle with what stands on it.
        }
        while (left.keySet().removeIf(one -> left.values().stream().noneMatch(words -> words.contains(one)))) {
            // Takes away what only stands on the cycle.
        }
        return List.copyOf(left.keySet());
    }

    /** The rows as the table has to have them, each below what it imports. */
    String table() {
        List<String> order = new ArrayList<>();
        List<String> left = new ArrayList<>(imports.keySet());
        while (!left.isEmpty()) {
            String next = left.stream()
                    .filter(one ->
                            imports.getOrDefault(one, new TreeSet<>()).stream().noneMatch(left::contains))
                    .findFirst()
                    .orElse(left.getFirst());
            order.add(next);
            left.remove(next);
        }
        StringBuilder rows = new StringBuilder();
        for (String one : order) {
            String words = String.join(", ", imports.getOrDefault(one, new TreeSet<>()));
            rows.append("| %s | %s | %s |%n".formatted(one, holds(one), words));
        }
        return rows.toString();
    }

    /** The first sentence of the package. */
    private static String holds(String name) {
        String file = "src/main/java/" + name.replace('.', '/') + "/package-info.java";
        for (String module : List.of("kernel", "dialect", "server")) {
            Path path = Repository.ROOT.resolve(module).resolve(file);
            Matcher sentence = SENTENCE.matcher(Files.exists(path) ? Repository.read(path) : "");
            if (sentence.find()) {
                return sentence.group(1).replaceAll("\\s*\n \\* ", " ");
            }
        }
        return "?";
    }

    private static NavigableSet<String> without(Collection<String> all, Collection<String> some) {
        NavigableSet<String> rest = new TreeSet<>(all);
        rest.removeAll(some);
        return rest;
    }
}
