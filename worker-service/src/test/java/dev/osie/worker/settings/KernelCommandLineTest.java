package dev.osie.worker.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KernelCommandLineTest {
    @Test
    void keepsEverythingAfterTheFirstEqualsSign() {
        assertThat(KernelCommandLine.parse("a=1 registry_password=p=w==d\n").value("registry_password"))
                .contains("p=w==d");
    }

    @Test
    void takesANameWithoutValueForNothing() {
        KernelCommandLine line = KernelCommandLine.parse("worker_id grpc_authority= quiet =x");

        assertThat(line.value("worker_id")).isEmpty();
        assertThat(line.value("grpc_authority")).isEmpty();
        assertThat(line.value("")).isEmpty();
    }

    @Test
    void anEmptyParameterDoesNotHideAnEarlierValue() {
        assertThat(KernelCommandLine.parse("worker_id=a worker_id=").value("worker_id"))
                .contains("a");
    }

    @Test
    void takesTheLastOfSeveral() {
        assertThat(KernelCommandLine.parse("worker_id=a worker_id=b").value("worker_id"))
                .contains("b");
    }

    @Test
    void quotesProtectBlanksAndAreDropped() {
        KernelCommandLine line = KernelCommandLine.parse("a=\"one two\"  \"b=three four\" c=x\"y\"z");

        assertThat(line.value("a")).contains("one two");
        assertThat(line.value("b")).contains("three four");
        assertThat(line.value("c")).contains("xyz");
    }

    @Test
    void matchesWholeNamesOnly() {
        assertThat(KernelCommandLine.parse("my_worker_id=a").value("worker_id")).isEmpty();
    }
}
