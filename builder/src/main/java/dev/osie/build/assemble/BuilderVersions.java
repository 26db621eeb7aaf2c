package dev.osie.build.assemble;

import dev.osie.build.image.ImageBuilder;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.initramfs.Packer;
import dev.osie.build.jlink.RuntimeLinker;
import dev.osie.build.kbuild.KernelCompiler;
import dev.osie.build.kernel.FirmwareBuilder;
import dev.osie.build.kernel.KernelBuilder;
import dev.osie.build.kernel.MicrocodeBuilder;
import java.util.SortedMap;
import java.util.TreeMap;

/** What of this program decides about the bytes that it makes of the same inputs, for the lock. */
final class BuilderVersions {
    private BuilderVersions() {}

    /** Versions by name. */
    static SortedMap<String, String> own() {
        SortedMap<String, String> versions = new TreeMap<>();
        versions.put("osie-build", program());
        versions.put("zstd", Compression.library());
        versions.put("segments", Integer.toString(Packer.FORMAT));
        versions.put("layers", ImageBuilder.FORMAT);
        versions.put("java-runtime", Integer.toString(RuntimeLinker.VERSION));
        versions.put("kernel", Integer.toString(KernelBuilder.FORMAT));
        versions.put("kernel-compilation", Integer.toString(KernelCompiler.FORMAT));
        versions.put("firmware", Integer.toString(FirmwareBuilder.FORMAT));
        versions.put("microcode", Integer.toString(MicrocodeBuilder.FORMAT));
        return versions;
    }

    private static String program() {
        String version = BuilderVersions.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
