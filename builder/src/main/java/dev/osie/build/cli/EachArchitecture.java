package dev.osie.build.cli;

import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.platform.Architecture;
import dev.osie.build.progress.Progress;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * Builds for several architectures. One after the other, as a build by itself keeps all processors busy, and the later ones find
 * what they have in common with the first. Where one fails, the others are built all the same.
 */
final class EachArchitecture {
    private final List<BuildReport.Built> built = new ArrayList<>();
    private final Map<Architecture, RuntimeException> failures = new EnumMap<>(Architecture.class);
    private final Progress progress;

    EachArchitecture(Progress progress) {
        this.progress = progress;
    }

    void build(List<BuildRequest> requests, Function<BuildRequest, BuildReport.Built> builder) {
        for (BuildRequest request : requests) {
            progress.info(request.architecture().toString());
            try {
                built.add(builder.apply(request));
            } catch (RuntimeException e) {
                failures.put(request.architecture(), e);
            }
        }
    }

    List<BuildReport.Built> built() {
        return List.copyOf(built);
    }

    /** Prints what went wrong, which may be the same everywhere, and returns the exit code of the first failure, or else 0. */
    int printFailures(PrintWriter err) {
        boolean same = built.isEmpty()
                && failures.values().stream().map(BuildFailure::of).distinct().count() == 1;
        int exitCode = 0;
        for (Map.Entry<Architecture, RuntimeException> failure : failures.entrySet()) {
            if (!same) {
                err.println(failure.getKey() + ":");
            }
            int code = FailureReport.print(failure.getValue(), err);
            exitCode = exitCode == 0 ? code : exitCode;
            if (same) {
                break;
            }
        }
        return exitCode;
    }

    /** What makes failures the same for a user. */
    private record BuildFailure(Class<?> type, String message) {
        static BuildFailure of(RuntimeException failure) {
            return new BuildFailure(failure.getClass(), Objects.toString(failure.getMessage()));
        }
    }
}
