package dev.stiefel.lab;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The house rules for this module.
class ArchitectureTest {
    private static final JavaClasses LAB = new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages("dev.stiefel.lab");

    /// Bottom up. A package knows only those before it.
    private static final List<String> PACKAGES = List.of(
            "text",
            "figure",
            "spec",
            "data",
            "model",
            "record",
            "published",
            "session",
            "bench",
            "sweep",
            "analysis",
            "report");

    static List<String> packages() {
        return PACKAGES;
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageKnowsOnlyThoseBelowIt(String name) {
        List<String> above = PACKAGES.subList(PACKAGES.indexOf(name) + 1, PACKAGES.size());
        noClasses()
                .that()
                .resideInAPackage("dev.stiefel.lab." + name)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        above.stream().map(each -> "dev.stiefel.lab." + each).toArray(String[]::new))
                .allowEmptyShould(true)
                .check(LAB);
    }

    @Test
    void everyClassLivesInAPackageOfTheOrder() {
        classes()
                .should()
                .resideInAnyPackage(
                        PACKAGES.stream().map(each -> "dev.stiefel.lab." + each).toArray(String[]::new))
                .check(LAB);
    }

    @Test
    void noPackagesFormACycle() {
        slices().matching("dev.stiefel.lab.(*)..").should().beFreeOfCycles().check(LAB);
    }

    @Test
    void figuresKnowNoRuns() {
        noClasses()
                .that()
                .resideInAPackage("dev.stiefel.lab.figure")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are of the project, but for figures and texts",
                        type -> type.getPackageName().startsWith("dev.stiefel.")
                                && !type.getPackageName().equals("dev.stiefel.lab.figure")
                                && !type.getPackageName().equals("dev.stiefel.lab.text")))
                .allowEmptyShould(true)
                .check(LAB);
    }

    @Test
    void recordsHoldNoArrays() {
        fields().that()
                .areDeclaredInClassesThat()
                .areRecords()
                .and()
                .areNotStatic()
                .should()
                .notHaveRawType(DescribedPredicate.describe("an array", JavaClass::isArray))
                .check(LAB);
    }

    @Test
    void theLibraryNeitherPrintsNorLogsNorEnds() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(LAB);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(LAB);
        noClasses().should().callMethod(System.class, "exit", int.class).check(LAB);
    }
}
