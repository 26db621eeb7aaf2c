package dev.osie.build.cli;

import dev.osie.build.assemble.Assembler;
import dev.osie.build.assemble.BuildRequest;
import dev.osie.build.assemble.Osie;
import dev.osie.build.compose.Composer;
import dev.osie.build.compose.Composition;
import dev.osie.build.explain.DocumentExplanation;
import dev.osie.build.explain.FileExplanation;
import dev.osie.build.explain.Finding;
import dev.osie.build.image.Recipes;
import dev.osie.build.initramfs.Compression;
import dev.osie.build.store.Store;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code osie-build explain}: which line, image and package something comes from. */
@Command(
        name = "explain",
        description = {
            "Tells which line of which document set a value, and where a file of the initramfs comes from.",
            "  services/docker/capabilities       a value: section, name of the entry, key",
            "  files/etc/motd                     an entry of files",
            "  usr/bin/containerd                 a file of the initramfs; /init, as init is a section",
            "  containers/services/docker/config.json#/process/capabilities   a value of a generated file",
            "A question about a file builds what isn't in the store."
        })
final class ExplainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "PATH", description = "A value or a file, see above.")
    private String path;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "FLAVOR",
            defaultValue = "hook",
            description = "As for build. Default: ${DEFAULT-VALUE}.")
    private List<String> documents = new ArrayList<>();

    @Option(
            names = "--compression",
            paramLabel = "HOW",
            defaultValue = "zstd:3",
            description =
                    "What the pair was built with, whose segments are in the store then. Default: ${DEFAULT-VALUE}.",
            converter = CompressionConverter.class)
    private Compression compression;

    @Mixin
    private FlavorOptions options;

    @Mixin
    private PlaceOptions places;

    @Mixin
    private ProgressOption progressOption;

    @Override
    public Integer call() {
        BuildRequest request = options.request(places.project(), documents, compression);
        Composition composition = new Composer(places.project()).compose(request.composition());
        List<Finding> findings = DocumentExplanation.isDocumentPath(path)
                ? new DocumentExplanation(composition).explain(path)
                : ofFile(request, composition);
        print(findings);
        return 0;
    }

    private List<Finding> ofFile(BuildRequest request, Composition composition) {
        Store store = places.store();
        Osie osie =
                new Assembler(store, progressOption.progress(spec.commandLine().getErr())).assemble(request);
        Recipes recipes = Recipes.in(places.project().resolve("images"));
        return new FileExplanation(osie, composition, recipes, store).explain(path);
    }

    private void print(List<Finding> findings) {
        PrintWriter out = spec.commandLine().getOut();
        int width = findings.stream()
                .mapToInt(finding -> finding.where().length())
                .max()
                .orElse(0);
        for (Finding finding : findings) {
            out.println(finding.where() + " ".repeat(width - finding.where().length()) + "   " + finding.what());
        }
        out.flush();
    }
}
