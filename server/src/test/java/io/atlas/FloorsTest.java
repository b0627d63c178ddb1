package io.atlas;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of packages in ARCHITECTURE.md says exactly what the byte code does. */
class FloorsTest {
    private static final JavaClasses CLASSES = classes();
    private static final Floors COMPILED = Floors.compiled(CLASSES);
    private static final Floors DECLARED = Floors.declared(Repository.read(Repository.ROOT.resolve("ARCHITECTURE.md")));

    /** All that the kernel may use of the JDK. */
    private static final Set<String> PURE = Set.of(
            "java.lang",
            "java.util",
            "java.util.function",
            "java.util.stream",
            "java.math",
            "java.time",
            "java.time.temporal");

    private static final Set<String> IMPURE = Set.of(
            "java.lang.Thread",
            "java.lang.Process",
            "java.lang.Runtime",
            "java.util.Random",
            "java.util.UUID",
            "java.util.SplittableRandom",
            "java.util.Timer",
            "java.time.Clock");

    /** The clocks and the dice of the JDK. */
    private static final Set<String> WORLD = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.lang.Math.random",
            "java.time.Instant.now",
            "java.time.LocalDate.now",
            "java.time.LocalTime.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.time.Year.now",
            "java.time.YearMonth.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone",
            "java.time.Clock.system",
            "java.util.UUID.randomUUID",
            "java.util.Random.<init>",
            "java.util.SplittableRandom.<init>",
            "java.security.SecureRandom.<init>",
            "java.util.concurrent.ThreadLocalRandom.current");

    @Test
    void theTableIsTheByteCode() {
        assertThat(DECLARED.differences(COMPILED))
                .as(
                        "ARCHITECTURE.md, floors. If the change is meant, this is the table to write:%n%n%s%n",
                        COMPILED.table())
                .isEmpty();
    }

    @Test
    void noPackagesStandOnEachOther() {
        assertThat(COMPILED.cycle())
                .as("packages that import each other in a circle")
                .isEmpty();
    }

    @Test
    void everyRowStandsBelowWhatItImports() {
        Set<String> above = new TreeSet<>();
        List<String> wrong = new ArrayList<>();
        for (Map.Entry<String, NavigableSet<String>> row : DECLARED.imports().entrySet()) {
            above.add(row.getKey());
            row.getValue().stream()
                    .filter(word -> word.startsWith("io.atlas."))
                    .filter(word -> !above.contains(word))
                    .forEach(word -> wrong.add(row.getKey() + " stands above " + word));
        }
        assertThat(wrong)
                .as("an order that is right:%n%n%s%n", COMPILED.table())
                .isEmpty();
    }

    @Test
    void noPackageImportsItsChild() {
        List<String> wrong = new ArrayList<>();
        COMPILED.imports()
                .forEach((name, words) -> words.stream()
                        .filter(word -> word.startsWith(name + "."))
                        .forEach(word -> wrong.add(name + " imports " + word)));
        assertThat(wrong).as("parents that import their children").isEmpty();
    }

    @Test
    void theKernelUsesNothingThatIsNotPure() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            if (type.getName().startsWith("io.atlas.kernel.")) {
                type.getDirectDependenciesFromSelf().stream()
                        .map(dependency -> dependency.getTargetClass().getBaseComponentType())
                        .filter(target -> !pure(target))
                        .forEach(target -> wrong.add(type.getName() + " uses " + target.getName()));
            }
        }
        assertThat(wrong).as("classes that the kernel may not use").isEmpty();
    }

    @Test
    void onlyTheTimePackageAsksTheClocksAndTheDice() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : CLASSES) {
            if (!type.getPackageName().equals("io.atlas.time")) {
                accesses(type)
                        .filter(access -> WORLD.contains(called(access)))
                        .forEach(access -> wrong.add(access.getDescription()));
            }
        }
        assertThat(wrong).as("take a TimeSource, or ask Ids").isEmpty();
    }

    @Test
    void theTestSeesTheOneCallerThatThereIs() {
        JavaClass machine = CLASSES.get("io.atlas.time.TimeSource$Machine");
        assertThat(accesses(machine).map(FloorsTest::called)).contains("java.lang.System.nanoTime");
    }

    @Test
    void everyKindOfDifferenceIsFound() {
        Floors declared = new Floors(Map.of("a", words("b", "x"), "gone", words()));
        Floors compiled = new Floors(Map.of("a", words("b", "y"), "new", words()));
        assertThat(declared.differences(compiled))
                .containsExactlyInAnyOrder(
                        "a: imports y, which its row does not permit",
                        "a: its row permits x, which nobody imports",
                        "new: has no row",
                        "gone: a row without a package");
    }

    @Test
    void everyCycleIsFound() {
        assertThat(new Floors(Map.of("a", words("b"), "b", words("c"), "c", words())).cycle())
                .isEmpty();
        assertThat(new Floors(Map.of("a", words("b"), "b", words("c"), "c", words("b"), "d", words())).cycle())
                .containsExactly("b", "c");
    }

    private static NavigableSet<String> words(String... words) {
        return new TreeSet<>(Set.of(words));
    }

    private static boolean pure(JavaClass target) {
        if (target.isPrimitive() || target.getName().startsWith("io.atlas.kernel.")) {
            return true;
        }
        String home = target.getPackageName();
        return home.equals("org.jspecify.annotations") || (PURE.contains(home) && !IMPURE.contains(target.getName()));
    }

    private static Stream<JavaAccess<?>> accesses(JavaClass type) {
        return Stream.concat(type.getCodeUnitCallsFromSelf().stream(), type.getCodeUnitReferencesFromSelf().stream());
    }

    private static String called(JavaAccess<?> access) {
        return access.getTargetOwner().getName() + "." + access.getTarget().getName();
    }

    private static JavaClasses classes() {
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        List<Path> folders = Stream.of("kernel", "dialect", "server")
                .map(module -> Repository.ROOT.resolve(module).resolve("target/classes"))
                .toList();
        return new ClassFileImporter().importPaths(folders);
    }
}
