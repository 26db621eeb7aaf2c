package dev.osie.build.lock;

import dev.osie.build.platform.Architecture;
import java.util.List;

/** All packages that a build for one architecture needs. */
public record PackageRequest(Architecture architecture, List<PackageSet> sets) {
    public PackageRequest {
        sets = List.copyOf(sets);
    }
}
