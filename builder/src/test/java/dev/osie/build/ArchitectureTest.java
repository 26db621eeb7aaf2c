package dev.osie.build;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the package table of docs/architecture.md: which package may use which. */
final class ArchitectureTest {
    private static final String ROOT = "dev.osie.build";

    /** Packages every other may use; they use nothing but one another, in this order. */
    private static final List<String> FOUNDATION =
            List.of("failure", "progress", "platform", "yaml", "concurrent", "http");

    private static final Pattern ROW = Pattern.compile("\\| `([a-z]+)` \\| .* \\| ([^|]+) \\|");

    /** Each package and those it may use beside the foundation, lowest first. */
    private static final Map<String, Set<String>> TABLE = table();

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    private static Map<String, Set<String>> table() {
        Map<String, Set<String>> table = new LinkedHashMap<>();
        for (String line : page().lines().toList()) {
            Matcher row = ROW.matcher(line);
            if (row.matches() && !FOUNDATION.contains(row.group(1))) {
                table.put(row.group(1), uses(row.group(2), table.keySet()));
            }
        }
        return table;
    }

    private static Set<String> uses(String cell, Set<String> above) {
        return switch (cell) {
            case "–" -> Set.of();
            case "all above" -> Set.copyOf(above);
            default -> Set.of(cell.split(", "));
        };
    }

    private static String page() {
        try {
            return Files.readString(Path.of("../docs/architecture.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void listsEveryPackage() {
        Set<String> listed = new TreeSet<>(FOUNDATION);
        listed.addAll(TABLE.keySet());

        Set<String> found = CLASSES.stream().map(ArchitectureTest::packageOf).collect(toCollection(TreeSet::new));

        assertThat(listed).isEqualTo(found);
    }

    @Test
    void usesOnlyWhatTheTableAllows() {
        List<String> below = new ArrayList<>();
        for (String name : FOUNDATION) {
            mayUse(name, below);
            below.add(name);
        }
        TABLE.forEach((name, allowed) -> {
            List<String> all = new ArrayList<>(FOUNDATION);
            all.addAll(allowed);
            mayUse(name, all);
        });
    }

    @Test
    void hasNoCycles() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheCommandLinePrintsAndExits() {
        noClasses()
                .that(resideInAPackage(ROOT + "..").and(not(resideInAPackage(ROOT + ".cli.."))))
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .orShould()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }

    private static void mayUse(String name, List<String> allowed) {
        String[] packages =
                allowed.stream().map(other -> ROOT + "." + other + "..").toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(ROOT + "." + name + "..")
                .should()
                .onlyDependOnClassesThat(resideInAPackage(ROOT + "." + name + "..")
                        .or(resideInAnyPackage(packages))
                        .or(not(resideInAPackage(ROOT + ".."))))
                .because(name + " may use " + allowed)
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    private static String packageOf(JavaClass type) {
        return type.getPackageName().substring(ROOT.length() + 1).split("\\.")[0];
    }
}
