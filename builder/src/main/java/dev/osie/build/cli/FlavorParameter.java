package dev.osie.build.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Parameters;

/** Which flavor, or which plain LinuxKit documents. */
final class FlavorParameter {
    @Parameters(
            arity = "0..*",
            paramLabel = "FLAVOR",
            defaultValue = "hook",
            description = {
                "A flavor by name (linuxkit-templates/flavors/NAME.yaml) or by file; - is standard input. Default: ${DEFAULT-VALUE}.",
                "Several plain LinuxKit files are joined as LinuxKit joins them."
            })
    private List<String> documents = new ArrayList<>();

    List<String> documents() {
        return documents;
    }
}
