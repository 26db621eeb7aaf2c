package dev.osie.worker;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Which way the worker's packages use one another. */
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.osie.worker");

    @Test
    void noTwoPackagesUseEachOther() {
        slices().matching("dev.osie.worker.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** So that either can be taken out. */
    @Test
    void theEnginesKnowNothingOfEachOther() {
        noClasses()
                .that(resideInAPackage("dev.osie.worker.docker"))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "dev.osie.worker.containerd", "dev.osie.worker.registry", "dev.osie.worker.proto.containerd"))
                .check(CLASSES);
        noClasses()
                .that(resideInAnyPackage("dev.osie.worker.containerd", "dev.osie.worker.registry"))
                .should()
                .dependOnClassesThat(resideInAnyPackage("dev.osie.worker.docker", "com.github.dockerjava.."))
                .check(CLASSES);
    }

    @Test
    void whoRunsActionsKnowsNoEngine() {
        noClasses()
                .that(resideInAnyPackage(
                        "dev.osie.worker.container", "dev.osie.worker.image", "dev.osie.worker.action"))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "dev.osie.worker.docker", "dev.osie.worker.containerd", "com.github.dockerjava..", "io.grpc.."))
                .check(CLASSES);
    }
}
