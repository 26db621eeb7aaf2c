package dev.osie.build.explain;

import dev.osie.build.assemble.Osie;
import dev.osie.build.explain.InitramfsFiles.Located;
import dev.osie.build.oci.Image;
import dev.osie.build.runtime.ImageDefaults;
import dev.osie.build.spec.ContainerEntry;
import dev.osie.build.spec.EmbeddedImage;
import dev.osie.build.spec.ImageName;
import dev.osie.build.spec.OsieDocument;
import dev.osie.build.spec.VolumeEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The roots of containers and volumes, which are mounted at boot, over layers that have directories of their own. */
final class ContainerRoots {
    private static final Pattern PATH = Pattern.compile(
            "containers/(onboot|onshutdown|services|volumes)/([^/]+)/(?:rootfs|merged|lower)/(.+)", Pattern.DOTALL);
    private static final String LAYERS = "containers/layers/";

    private final Osie osie;
    private final OsieDocument document;
    private final InitramfsFiles files;

    ContainerRoots(Osie osie, OsieDocument document, InitramfsFiles files) {
        this.osie = osie;
        this.document = document;
        this.files = files;
    }

    /** Where a file lies that a container or volume has at a path such as {@code containers/services/web/rootfs/bin/sh}. */
    Optional<Located> locate(String path) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        boolean volume = matcher.group(1).equals("volumes");
        Optional<Image> image = (volume
                        ? volume(matcher.group(2)).flatMap(VolumeEntry::image)
                        : container(matcher.group(1), matcher.group(2)).map(ContainerEntry::image))
                .map(name -> osie.images().get(name.text()));
        return image.map(found -> {
            List<String> directories = new ArrayList<>(List.of(LAYERS + ImageDefaults.LOWEST));
            found.layers().forEach(layer -> directories.add(Osie.directoryOf(layer)));
            directories.add(LAYERS + (volume ? ImageDefaults.VOLUME : ImageDefaults.CONTAINER));
            InitramfsFiles root = files.stacked("root of " + matcher.group(2), directories);
            return root.get(root.resolve(matcher.group(3)));
        });
    }

    /** The images of the tree with a layer, each where the document names it, and what they say the layer was made from. */
    Map<ImageName, Image.Layer> users(String digest) {
        Map<ImageName, Image.Layer> users = new LinkedHashMap<>();
        List<ImageName> embedded =
                document.embedded().stream().map(EmbeddedImage::image).toList();
        for (ImageName name : document.images()) {
            if (embedded.contains(name)) {
                continue;
            }
            Optional.ofNullable(osie.images().get(name.text())).stream()
                    .flatMap(image -> image.layers().stream())
                    .filter(layer -> layer.blob().digest().hex().equals(digest))
                    .findFirst()
                    .ifPresent(layer -> users.put(name, layer));
        }
        return users;
    }

    /** The entry behind a bundle; those of onboot and onshutdown have their number before the name. */
    Optional<ContainerEntry> container(String section, String directory) {
        List<ContainerEntry> entries = document.containers().stream()
                .filter(entry -> entry.section().toString().equals(section))
                .toList();
        if (section.equals("services")) {
            return entries.stream()
                    .filter(entry -> entry.name().equals(directory))
                    .findFirst();
        }
        String number = directory.split("-", 2)[0];
        return number.matches("[0-9]{1,9}") && Integer.parseInt(number) < entries.size()
                ? Optional.of(entries.get(Integer.parseInt(number)))
                : Optional.empty();
    }

    private Optional<VolumeEntry> volume(String name) {
        return document.volumes().stream()
                .filter(each -> each.name().equals(name))
                .findFirst();
    }
}
