package dev.stiefel.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the modules may know of each other (core's own packages: `ArchitectureTest` there).
class ModulesTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages("dev.stiefel");

    @Test
    void noPackagesFormACycle() {
        slices().matching("dev.stiefel.(**)").should().beFreeOfCycles().check(ALL);
    }

    /// The benchmarks are on nobody's class path, so the sources are looked at.
    @Test
    void noTwoTopLevelTypesShareAName() throws IOException {
        Map<String, Set<Path>> files = new TreeMap<>();
        for (String module : List.of("core", "data", "lab", "cli", "bench")) {
            try (Stream<Path> sources = Files.walk(Path.of("..", module, "src/main/java"))) {
                sources.filter(file -> file.toString().endsWith(".java")
                                && !file.toString().endsWith("-info.java"))
                        .forEach(file -> files.computeIfAbsent(String.valueOf(file.getFileName()), _ -> new TreeSet<>())
                                .add(file));
            }
        }
        assertThat(files).hasSizeGreaterThan(300);
        files.values().removeIf(each -> each.size() == 1);
        assertThat(files).isEmpty();
    }

    @Test
    void nothingKnowsTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.stiefel.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.stiefel.cli..")
                .check(ALL);
    }

    @Test
    void coreKnowsNoDataSets() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.stiefel.data..", "dev.stiefel.lab..", "dev.stiefel.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.stiefel.data..")
                .check(ALL);
    }

    @Test
    void neitherCoreNorDataKnowsRuns() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.stiefel.lab..", "dev.stiefel.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.stiefel.lab..")
                .check(ALL);
    }

    @Test
    void dataSetsKnowNoModels() {
        noClasses()
                .that()
                .resideInAPackage("dev.stiefel.data..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.stiefel.nn..", "dev.stiefel.model..", "dev.stiefel.integrator..", "dev.stiefel.optim..")
                .allowEmptyShould(true)
                .check(ALL);
    }

    @Test
    void theCommandLineNeverTouchesTheEngine() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.stiefel.cli..", "dev.stiefel.lab..", "dev.stiefel.data..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco..", "java.lang.foreign..")
                .check(ALL);
    }

    @Test
    void onlyMainEndsTheProcess() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.stiefel.cli.Main")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(ALL);
    }
}
