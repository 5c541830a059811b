package dev.stiefel.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// What the modules may know of each other (core's own packages: `ArchitectureTest` there).
class ModulesTest {
    private static final JavaClasses ALL = new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages("dev.stiefel");

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
