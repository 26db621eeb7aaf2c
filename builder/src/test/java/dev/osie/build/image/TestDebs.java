package dev.osie.build.image;

import dev.osie.build.debian.Archive;
import dev.osie.build.debian.BinaryPackage;
import dev.osie.build.debian.DebianVersion;
import dev.osie.build.oci.Image;
import dev.osie.build.spec.ImageName;
import dev.osie.build.store.Blob;
import dev.osie.build.store.Store;
import dev.osie.build.tree.TarLayer;
import dev.osie.build.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;

/** Packages made by tests, installed by the recipes that name them. */
final class TestDebs implements PackageSource {
    private final Store store;
    private final Map<String, BinaryPackage> packages = new TreeMap<>();
    private final Map<String, Image> images = new TreeMap<>();
    private final List<String> fetched = new ArrayList<>();

    TestDebs(Store store) {
        this.store = store;
    }

    /** Makes a package that installs a tree. */
    BinaryPackage add(String name, Tree tree) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(data)) {
            TarLayer.write(tree, gzip);
        }
        ByteArrayOutputStream deb = new ByteArrayOutputStream();
        try (ArArchiveOutputStream ar = new ArArchiveOutputStream(deb)) {
            put(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
            put(ar, "control.tar", new byte[1024]);
            put(ar, "data.tar.gz", data.toByteArray());
        }
        Blob blob = store.put(deb.toByteArray());
        BinaryPackage binary = new BinaryPackage(
                name,
                new DebianVersion("1.0-1"),
                "amd64",
                Archive.DEBIAN,
                "pool/main/" + name + "_1.0-1_amd64.deb",
                blob);
        packages.put(name, binary);
        return binary;
    }

    private static void put(ArArchiveOutputStream ar, String name, byte[] content) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, content.length));
        ar.write(content);
        ar.closeArchiveEntry();
    }

    /** Names of the packages that were fetched, in order. */
    List<String> fetched() {
        return fetched;
    }

    @Override
    public List<BinaryPackage> installed(Recipe recipe) {
        return recipe.packageNames().stream().map(packages::get).toList();
    }

    @Override
    public BinaryPackage jdk(Recipe recipe) {
        return packages.get(recipe.jre().orElseThrow().packageName());
    }

    /** Gives an image to the recipes that build on it. */
    void add(Image image) {
        images.put(image.name().toString(), image);
    }

    @Override
    public Image image(ImageName name) {
        return images.get(name.text());
    }

    @Override
    public void fetch(Collection<BinaryPackage> wanted) {
        wanted.forEach(binary -> fetched.add(binary.name()));
    }
}
