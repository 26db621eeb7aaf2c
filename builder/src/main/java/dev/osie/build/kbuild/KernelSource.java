package dev.osie.build.kbuild;

import dev.osie.build.store.Digest;
import dev.osie.build.store.Scratch;
import dev.osie.build.tree.Content;
import java.util.function.Function;

/**
 * The sources of a kernel: a compressed tar archive with one directory.
 *
 * @param digest of what brings them, which stands for them when results are remembered
 * @param name for messages: {@code linux-source-6.12 6.12.118-1}
 * @param archive gets the archive, which lives as long as the scratch directory
 */
public record KernelSource(Digest digest, String name, Function<Scratch, Content> archive) {}
