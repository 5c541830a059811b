package dev.stiefel.data;

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
import dev.stiefel.io.Sha256;
import org.junit.jupiter.api.Test;

/// The order of this module's packages, and the house rules for them.
final class ArchitectureTest {
    private static final JavaClasses DATA = new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages("dev.stiefel.data");

    @Test
    void fetchingKnowsNeitherSamplesNorPictures() {
        classes()
                .that()
                .resideInAPackage("dev.stiefel.data.fetch")
                .should()
                .onlyDependOnClassesThat(
                        JavaClass.Predicates.resideInAnyPackage("java..", "org.jspecify..", "dev.stiefel.data.fetch")
                                .or(JavaClass.Predicates.type(Sha256.class)))
                .check(DATA);
    }

    @Test
    void noPackagesFormACycle() {
        slices().matching("dev.stiefel.(**)").should().beFreeOfCycles().check(DATA);
    }

    @Test
    void transformationsKnowNoDataSets() {
        noClasses()
                .that()
                .resideInAPackage("dev.stiefel.data")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.stiefel.data.*")
                .check(DATA);
    }

    @Test
    void ofCoreOnlySamplesAreKnown() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.stiefel\\.data\\.own\\.Npy(Loader|Encoder)") // core reads the format
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(
                                "dev.stiefel.tensor..",
                                "dev.stiefel.linalg..",
                                "dev.stiefel.lowrank..",
                                "dev.stiefel.integrator..",
                                "dev.stiefel.optim..",
                                "dev.stiefel.nn..",
                                "dev.stiefel.model..",
                                "dev.stiefel.io..")
                        .and(DescribedPredicate.not(JavaClass.Predicates.type(Sha256.class))))
                .check(DATA);
    }

    @Test
    void onlyTheCacheAndHomeFoldersLookAtTheEnvironment() {
        noClasses()
                .that(DescribedPredicate.not(JavaClass.Predicates.simpleName("CacheFolder")))
                .and(DescribedPredicate.not(JavaClass.Predicates.simpleName("HomeFolder")))
                .should()
                .callMethod(System.class, "getenv")
                .orShould()
                .callMethod(System.class, "getenv", String.class)
                .check(DATA);
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
                .check(DATA);
    }

    @Test
    void theLibraryNeitherPrintsNorLogsNorEnds() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(DATA);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(DATA);
        noClasses().should().callMethod(System.class, "exit", int.class).check(DATA);
    }
}
