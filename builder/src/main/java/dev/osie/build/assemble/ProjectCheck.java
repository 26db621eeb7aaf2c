package dev.osie.build.assemble;

import dev.osie.build.compose.Checked;
import dev.osie.build.compose.Composition;
import dev.osie.build.failure.BuildException;
import dev.osie.build.image.RecipeCheck;
import dev.osie.build.image.Recipes;
import dev.osie.build.kernel.KernelDefinition;
import dev.osie.build.kernel.ModuleSet;
import dev.osie.build.oci.Reference;
import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.DriverEntry;
import dev.osie.build.spec.FileEntry;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.KernelSection;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.spec.OsieSection;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.Suggestion;
import dev.osie.build.yaml.YamlNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Compares documents with what the project has: recipes, kernels, module sets, and the files that are copied. Asks no network. */
public final class ProjectCheck {
    private final Project project;
    private final Problems problems;
    private final Recipes recipes;
    private final List<String> recipeNames;
    private final Set<String> read = new HashSet<>();

    /**
     * A check.
     *
     * @param problems where everything that is missing is reported
     */
    public ProjectCheck(Project project, Problems problems) {
        this.project = project;
        this.problems = problems;
        this.recipes = Recipes.in(project.images());
        this.recipeNames = recipes.names();
    }

    /** Checks a document by itself. */
    public void check(Checked checked) {
        Composition composition = checked.composition();
        check(composition, checked.open());
        if (checked.kind() == Checked.Kind.FLAVOR) {
            requireKernel(composition.document());
        }
    }

    /**
     * Checks the file of a recipe, wherever its directory is.
     *
     * @return what messages call the recipes that were read: it and those it builds on
     */
    public Set<String> checkRecipe(Path file) {
        Path directory = file.toAbsolutePath().normalize().getParent();
        Path images = directory.getParent();
        boolean ours = images.equals(project.images().toAbsolutePath().normalize());
        // One that lies elsewhere is called as its user calls it.
        boolean spelledOut = file.getNameCount() > 2;
        Recipes neighbours = ours || !spelledOut
                ? Recipes.in(images)
                : Recipes.in(images, file.getParent().getParent().toString().replace('\\', '/'));
        Position whole =
                Position.whole(neighbours.document(directory.getFileName().toString()));
        if (!Files.isRegularFile(file)) {
            problems.add(Position.whole(file.toString()), "there is no such file");
            return Set.of();
        }
        return new RecipeCheck(neighbours, problems)
                .check(directory.getFileName().toString(), whole);
    }

    /** Whether a file is a recipe, by its name. */
    public static boolean isRecipe(String file) {
        Path path = Path.of(file).toAbsolutePath().normalize();
        return path.endsWith(Recipes.FILE)
                && path.getNameCount()
                        > 2; // the directory gives the image its name, and that directory's has the others
    }

    /** Checks a composed document. */
    void check(Composition composition) {
        check(composition, Set.of());
    }

    private void check(Composition composition, Set<Position> open) {
        OsieDocument document = composition.document();
        for (ImageName image : document.images()) {
            if (!open.contains(image.position())) {
                checkImage(image);
            }
        }
        document.osie().flatMap(OsieSection::kernel).ifPresent(kernel -> checkKernel(kernel, document.source()));
        document.drivers().forEach(driver -> checkDriver(driver, composition));
        for (FileEntry file : document.files()) {
            if (file.kind() instanceof FileEntry.Source source && !open.contains(source.position())) {
                checkSource(source, composition);
            }
        }
    }

    private void checkDriver(DriverEntry driver, Composition composition) {
        boolean directory = driver.kind() instanceof DriverEntry.Tree;
        for (FileEntry.Source source : driver.sources()) {
            attempt(source.position(), () -> {
                Path file = composition.locate(source);
                if (directory ? !Files.isDirectory(file) : !Files.isRegularFile(file)) {
                    String found = Files.exists(file)
                            ? "is not a " + (directory ? "directory" : "regular file")
                            : "does not exist";
                    problems.add(source.position(), "'" + source.file() + "' " + found + " (looked for " + file + ")");
                }
                return file;
            });
        }
    }

    private void checkImage(ImageName image) {
        if (image.recipe().isEmpty()) {
            if (image.linuxKitPackage().isEmpty()) {
                attempt(image.position(), () -> Reference.parse(image.text()));
            }
            return;
        }
        String name = image.recipe().get();
        if (recipeNames.contains(name)) {
            if (read.add(name)) {
                new RecipeCheck(recipes, problems).check(name, image.position());
            }
        } else {
            problems.add(
                    image.position(),
                    () -> "there is no recipe 'images/" + name + "' — "
                            + Suggestion.closest(name, recipeNames)
                                    .map(closest -> "did you mean '" + closest + "'?")
                                    .orElse("the recipes are " + String.join(", ", recipeNames)));
        }
    }

    private void checkKernel(OsieSection.Kernel kernel, YamlNode.Mapping document) {
        Optional<YamlNode> section =
                value(Optional.of(document), "osie").flatMap(osie -> value(Optional.of(osie), "kernel"));
        kernel.use()
                .ifPresent(name -> attempt(
                        value(section, "use").map(YamlNode::position).orElse(kernel.position()),
                        () -> KernelDefinition.read(project.kernels(), name)));
        Optional<YamlNode> sets = value(section, "modules");
        for (int i = 0; i < kernel.modules().size(); i++) {
            String name = kernel.modules().get(i);
            attempt(
                    sets.map(node -> position(node, name)).orElse(kernel.position()),
                    () -> ModuleSet.read(project.moduleSets(), name, Architecture.X86_64));
        }
    }

    private static Optional<YamlNode> value(Optional<? extends YamlNode> mapping, String key) {
        return mapping.filter(YamlNode.Mapping.class::isInstance).flatMap(node -> ((YamlNode.Mapping) node).get(key));
    }

    /** Where a text stands: in a list, or by itself. */
    private static Position position(YamlNode node, String text) {
        if (node instanceof YamlNode.Sequence list) {
            return list.items().stream()
                    .filter(item -> item instanceof YamlNode.Scalar scalar
                            && scalar.text().equals(text))
                    .map(YamlNode::position)
                    .findFirst()
                    .orElse(node.position());
        }
        return node.position();
    }

    private void checkSource(FileEntry.Source source, Composition composition) {
        attempt(source.position(), () -> {
            Path file = composition.locate(source);
            if (!Files.isRegularFile(file) && !(source.optional() && Files.notExists(file))) {
                String found = Files.exists(file) ? "is not a regular file" : "does not exist";
                problems.add(
                        source.position(),
                        "the source '" + source.file() + "' " + found + " (looked for " + file + ")");
            }
            return file;
        });
    }

    private void requireKernel(OsieDocument document) {
        Optional<OsieSection.Kernel> kernel = document.osie().flatMap(OsieSection::kernel);
        boolean image = document.kernel().flatMap(KernelSection::image).isPresent();
        if (!image && kernel.flatMap(OsieSection.Kernel::use).isEmpty()) {
            Position position = kernel.map(OsieSection.Kernel::position)
                    .or(() -> document.osie().map(OsieSection::position))
                    .orElse(document.source().position());
            problems.add(position, "the flavor names no kernel: expected osie.kernel.use or kernel.image");
        }
    }

    private interface Reading {
        Object read();
    }

    private void attempt(Position position, Reading reading) {
        try {
            reading.read();
        } catch (BuildException e) {
            problems.add(position, e);
        } catch (java.nio.file.InvalidPathException e) {
            problems.add(position, "'" + e.getInput() + "' cannot be a path: " + e.getReason());
        }
    }
}
