package dev.osie.build.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.osie.build.assemble.Assembler;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.kernel.SelectedModule;
import dev.osie.build.progress.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code osie-build modules}: the kernel modules of an image, and why each is there. */
@Command(
        name = "modules",
        description = {
            "Lists the kernel modules of a flavor's image, by path, and why each is there: the set and group that name it, or the"
                    + " module that needs it."
        })
final class ModulesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private FlavorParameter flavor;

    @Mixin
    private FlavorOptions options;

    @Mixin
    private PlaceOptions places;

    @Option(names = "--json", description = "Print an array of {name, path, reason, firmware}.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Report nothing but errors.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        Progress progress =
                quiet ? Progress.SILENT : new PlainProgress(spec.commandLine().getErr());
        List<SelectedModule> modules = new Assembler(places.store(), progress)
                .modules(options.request(places.project(), flavor.documents(), Compression.ZSTD_3));
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(modules));
        } else {
            int width = modules.stream()
                    .mapToInt(module -> module.path().length())
                    .max()
                    .orElse(0);
            modules.forEach(module ->
                    out.println(module.path() + " ".repeat(width - module.path().length()) + "   " + module.reason()));
        }
        out.flush();
        return 0;
    }

    private static String json(List<SelectedModule> modules) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        ArrayNode array = mapper.createArrayNode();
        for (SelectedModule module : modules) {
            ObjectNode object = array.addObject();
            object.put("name", module.name());
            object.put("path", module.path());
            object.put("reason", module.reason());
            module.firmware().forEach(object.putArray("firmware")::add);
        }
        return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(array);
    }
}
