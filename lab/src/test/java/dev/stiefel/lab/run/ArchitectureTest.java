package dev.stiefel.lab.run;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import org.junit.jupiter.api.Test;

/// The house rules for this module.
class ArchitectureTest {
    private static final JavaClasses LAB = new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages("dev.stiefel.lab");

    @Test
    void runsKnowNoOtherPackageOfTheLab() {
        noClasses()
                .that()
                .resideInAPackage("dev.stiefel.lab.run")
                .should()
                .dependOnClassesThat(DescribedPredicate.describe(
                        "are of the lab's other packages",
                        type -> type.getPackageName().startsWith("dev.stiefel.lab.")
                                && !type.getPackageName().equals("dev.stiefel.lab.run")))
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
