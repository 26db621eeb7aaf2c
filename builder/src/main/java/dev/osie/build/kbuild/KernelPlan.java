package dev.osie.build.kbuild;

import dev.osie.build.kconfig.WantedConfig;
import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Position;

/**
 * Which kernel to compile.
 *
 * @param name for messages and files
 * @param position of what describes it
 * @param source what it is compiled from
 * @param base the target of {@code make} that makes the configuration which the wanted options change, such as {@code defconfig}
 * @param wanted options that have to be as they are here
 */
public record KernelPlan(
        String name,
        Position position,
        Architecture architecture,
        KernelSource source,
        String base,
        WantedConfig wanted) {}
