package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.oci.Descriptor;
import dev.osie.build.oci.ImageConfig;
import dev.osie.build.oci.Manifest;
import dev.osie.build.oci.Platform;
import dev.osie.build.platform.Architecture;
import dev.osie.build.store.Digest;
import java.util.ArrayList;
import java.util.List;

/** What the manifest of an image at a registry says, before anything of it is there. */
final class PulledImage {
    private static final int MOST_CONFIG_BYTES = 8 << 20;

    private final RemoteName name;
    private final Digest digest;
    private final Manifest manifest;
    private final Platform platform;
    private List<Digest> diffIds = List.of();

    PulledImage(RemoteName name, Digest digest, byte[] document, Architecture architecture) {
        this.name = name;
        this.digest = digest;
        this.manifest = Manifest.read(document);
        this.platform = Platform.linux(architecture);
    }

    /** What the image is made for, as its configuration says. */
    static Platform platform(RemoteName name, Digest digest, byte[] document, Layers blobs) {
        Descriptor config = Manifest.read(document).config();
        return ImageConfig.read(configuration(name, digest, config, blobs)).platform();
    }

    private static byte[] configuration(RemoteName name, Digest digest, Descriptor config, Layers blobs) {
        if (config.size() < 0 || config.size() > MOST_CONFIG_BYTES) {
            throw verification("The manifest " + digest + " of " + name + " names a configuration of " + config.size()
                    + " bytes.");
        }
        return blobs.document("configuration of " + name, config.blob());
    }

    /** The configuration to the byte, after a look at whether it is one for the architecture. */
    byte[] config(Layers blobs) {
        byte[] document = configuration(name, digest, manifest.config(), blobs);
        ImageConfig read = ImageConfig.read(document);
        if (!read.platform().suits(platform)) {
            throw unavailable("The image " + name + " is made for "
                    + read.platform().describe() + ", not for " + platform.describe() + ".");
        }
        diffIds = read.diffIds();
        if (diffIds.size() != manifest.layers().size()) {
            throw verification("The manifest " + digest + " of " + name + " names "
                    + manifest.layers().size() + " layers, and its configuration " + diffIds.size() + ".");
        }
        return document;
    }

    /** The layers, bottom first, each with what it must unpack to. */
    List<Layers.Wanted> layers() {
        List<Layers.Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < diffIds.size(); i++) {
            wanted.add(new Layers.Wanted(manifest.layers().get(i), diffIds.get(i)));
        }
        return wanted;
    }
}
