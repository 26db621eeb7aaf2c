package dev.osie.build.image;

import dev.osie.build.oci.Execution;
import dev.osie.build.oci.Image;
import dev.osie.build.tree.Attributes;
import dev.osie.build.tree.Content;
import dev.osie.build.tree.Node;
import dev.osie.build.tree.Tree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A program that writes recipes of every kind below a directory, builds them, and prints the digest of each. */
final class BuildsRecipes {
    private BuildsRecipes() {}

    /** @param arguments the directory; and the home of a JDK whose module java.base becomes a runtime, if wanted */
    public static void main(String[] arguments) throws IOException {
        TestRecipes recipes = new TestRecipes(Path.of(arguments[0]));
        write(recipes);
        if (arguments.length > 1) {
            addRuntime(recipes, Path.of(arguments[1]));
        }
        for (String name : recipes.recipes().names()) {
            Image image = recipes.build(name);
            System.out.println(name + " " + image.manifest());
        }
    }

    private static void write(TestRecipes recipes) throws IOException {
        recipes.debs().add("tool", tree("usr/bin/tool", "t").build(5));
        recipes.base(
                "docker.io/library/base:1",
                Execution.EMPTY,
                tree("etc/passwd", "nginx:x:101:82::/:/bin/sh\n").build(5));
        recipes.source("files", "script", "#!/bin/sh\n")
                .source("files", "d/I/i", "\u00e4\u0131")
                .source("files", "d/b", "b");
        Files.createSymbolicLink(recipes.directory("files").resolve("d/link"), Path.of("I/i"));
        recipes.write("files", """
                packages: [tool]
                users: [{ name: app }, { name: other, uid: 7 }]
                groups: [{ name: disk, members: [app] }]
                files:
                  - { path: usr/bin/script, source: script }
                  - { path: etc/d, source: d, uid: app, mode: "0640" }
                  - { path: "etc/\u00e4\u0130", contents: "TITLE \u0131\u0130\n" }
                  - { path: usr/bin/again, link: usr/bin/tool }
                  - { path: usr/bin/ping, contents: x, capabilities: [CAP_SETUID+ep] }
                  - { path: dev/null, device: { type: c, major: 1, minor: 3 } }
                  - { path: run/pipe, fifo: true }
                config:
                  user: app:disk
                  env: { TITLE: "\u0130" }
                  labels: { org.mobyproject.config: { capabilities: [CAP_NET_BIND_SERVICE], oomScoreAdj: 7 } }
                """);
        recipes.write(
                "on-image", "from: docker.io/library/base:1\nfiles: [{ path: srv/x, contents: x, uid: nginx }]\n");
        Path app = recipes.directory("x").getParent().getParent().resolve("app");
        jar(app.resolve("app.jar"), "Main.class");
        jar(app.resolve("lib/I.jar"), "I.class");
        jar(app.resolve("lib/i.jar"), "i.class");
        recipes.write("java", "java: { jar: app/app.jar, libraries: app/lib, main-class: Main }\n");
    }

    private static void addRuntime(TestRecipes recipes, Path jdk) throws IOException {
        Tree.Builder tree = new Tree.Builder();
        Path module = jdk.resolve("jmods/java.base.jmod");
        tree.put(
                "usr/lib/jvm/x/jmods/java.base.jmod",
                new Node.RegularFile(Attributes.root(0644, 5), Content.of(module)));
        recipes.debs().add("some-jdk", tree.build(5));
        recipes.write("runtime", "jre: { package: some-jdk, modules: [java.base] }\n");
    }

    private static Tree.Builder tree(String path, String content) {
        return new Tree.Builder().put(path, new Node.RegularFile(Attributes.root(0755, 5), Content.of(content)));
    }

    /** A jar of stored entries: how well a host's zlib compresses is not what is tested. */
    private static void jar(Path file, String entry) throws IOException {
        Files.createDirectories(file.getParent());
        byte[] content = entry.getBytes(StandardCharsets.UTF_8);
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry stored = new ZipEntry(entry);
        stored.setMethod(ZipEntry.STORED);
        stored.setSize(content.length);
        stored.setCrc(crc.getValue());
        try (OutputStream out = Files.newOutputStream(file);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.putNextEntry(stored);
            zip.write(content);
            zip.closeEntry();
        }
    }
}
