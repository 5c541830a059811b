package dev.stiefel;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The house rules of `docs/adr/0002-seams.md`, held by the build.
class ArchitectureTest {
    /// Bottom up: a package imports only what stands before it.
    private static final List<String> PACKAGES =
            List.of("tensor", "linalg", "lowrank", "integrator", "optim", "nn", "model", "io", "train", "published");

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(location -> !location.contains("test-classes"))
            .importPackages("dev.stiefel");

    static Stream<String> packages() {
        return PACKAGES.stream();
    }

    @ParameterizedTest
    @MethodSource("packages")
    void aPackageImportsOnlyWhatStandsAboveIt(String name) {
        String[] below = PACKAGES.stream()
                .skip(PACKAGES.indexOf(name) + 1L)
                .map(ArchitectureTest::within)
                .toArray(String[]::new);
        noClasses()
                .that()
                .resideInAPackage(within(name))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(below)
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void noPackagesFormACycle() {
        slices().matching("dev.stiefel.(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void everyClassLivesInAPackageOfTheTable() {
        classes()
                .should()
                .resideInAnyPackage(
                        PACKAGES.stream().map(ArchitectureTest::within).toArray(String[]::new))
                .check(CORE);
    }

    @Test
    void layersKnowNoIntegrators() {
        noClasses()
                .that()
                .resideInAPackage(within("nn"))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(within("integrator"))
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void onlyTensorKnowsTheEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackage(within("tensor"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.bytedeco..", "java.lang.foreign..")
                .check(CORE);
    }

    @Test
    void noPublicSignatureShowsTheEngine() {
        classes().that().arePublic().should(keepTheEngineOutOfTheirSignatures()).check(CORE);
    }

    @Test
    void recordsHoldNoArrays() {
        fields().that()
                .areDeclaredInClassesThat()
                .areRecords()
                .and()
                .areNotStatic()
                .should(notBeArrays())
                .allowEmptyShould(true)
                .check(CORE);
    }

    @Test
    void theLibraryNeitherPrintsNorLogs() {
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(CORE);
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CORE);
    }

    @Test
    void theLibraryNeverEndsTheProcess() {
        noClasses()
                .should()
                .callMethod(System.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "exit", int.class)
                .orShould()
                .callMethod(Runtime.class, "halt", int.class)
                .check(CORE);
    }

    private static String within(String name) {
        return "dev.stiefel." + name + "..";
    }

    private static ArchCondition<JavaClass> keepTheEngineOutOfTheirSignatures() {
        return new ArchCondition<>("keep the engine out of their signatures") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                Stream.concat(type.getRawSuperclass().stream(), type.getRawInterfaces().stream())
                        .filter(ArchitectureTest::isEngine)
                        .forEach(parent -> events.add(SimpleConditionEvent.violated(
                                type, type.getName() + " shows " + parent.getName() + " as its parent")));
                type.getMembers().stream()
                        .filter(ArchitectureTest::isVisible)
                        .filter(member -> signature(member)
                                .flatMap(t -> t.getAllInvolvedRawTypes().stream())
                                .anyMatch(ArchitectureTest::isEngine))
                        .forEach(member -> events.add(SimpleConditionEvent.violated(
                                type, member.getFullName() + " shows the engine in its signature")));
            }
        };
    }

    private static ArchCondition<JavaField> notBeArrays() {
        return new ArchCondition<>("not be arrays") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                if (field.getRawType().isArray()) {
                    events.add(SimpleConditionEvent.violated(field, field.getFullName() + " is an array in a record"));
                }
            }
        };
    }

    private static boolean isVisible(JavaMember member) {
        return member.getModifiers().contains(JavaModifier.PUBLIC)
                || member.getModifiers().contains(JavaModifier.PROTECTED);
    }

    private static Stream<JavaType> signature(JavaMember member) {
        return switch (member) {
            case JavaCodeUnit unit ->
                Stream.of(
                                Stream.of(unit.getReturnType()),
                                unit.getParameterTypes().stream(),
                                unit.getExceptionTypes().stream())
                        .flatMap(types -> types);
            default -> Stream.of(((JavaField) member).getType());
        };
    }

    private static boolean isEngine(JavaClass type) {
        String name = type.getBaseComponentType().getPackageName();
        return name.startsWith("org.bytedeco") || name.startsWith("java.lang.foreign");
    }
}
