package dev.osie.build.kernel;

import dev.osie.build.store.Blob;
import java.util.List;
import java.util.Optional;

/**
 * A kernel as it goes into an image.
 *
 * @param release what {@code uname -r} says
 * @param vmlinuz the image a boot loader starts
 * @param modules uncompressed tar layer of {@code usr/lib/modules/RELEASE} with its indexes, for a root whose {@code lib} leads to
 *     {@code usr/lib}
 * @param deviceTrees uncompressed tar archive of the boards' device trees, named as in the kernel's sources ({@code broadcom/NAME.dtb})
 * @param selected every module of the layer, by path
 * @param remarks what a user should know of modules that don't come with the kernel
 */
public record Kernel(
        String release,
        Blob vmlinuz,
        Blob modules,
        Optional<Blob> deviceTrees,
        List<SelectedModule> selected,
        List<String> remarks) {
    public Kernel {
        remarks = List.copyOf(remarks);
        selected = List.copyOf(selected);
    }

    /** Where a module lies in the root. */
    public String path(SelectedModule module) {
        return KernelBuilder.MODULES + release + "/" + module.path();
    }

    /** What people call it: {@code linux 6.12.117+deb13-amd64, 877 modules}. */
    public String describe() {
        return "linux " + release + ", " + selected.size() + (selected.size() == 1 ? " module" : " modules");
    }
}
