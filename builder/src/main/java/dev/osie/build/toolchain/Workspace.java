package dev.osie.build.toolchain;

import dev.osie.build.store.Scratch;
import dev.osie.build.tree.Tree;
import java.util.function.Consumer;

/**
 * A directory in which programs of a toolchain work: on a file system that tells upper from lower case, with no network where that can be
 * helped. Closing it ends what still runs there, and removes it.
 */
public interface Workspace extends AutoCloseable {
    /** Puts files into the directory. They belong to whoever runs the programs there, and keep mode and time. */
    void put(Tree files);

    /**
     * Runs a command to its end.
     *
     * @param lines gets each line of output, without its end, as it comes; of standard output and standard error alike
     * @return its exit status
     */
    int run(Command command, Consumer<String> lines);

    /** The same for a command that asks its user, on the terminal of this process. */
    int runOnTerminal(Command command);

    /**
     * Takes a file or a directory out.
     *
     * @param path in the workspace
     * @return what was there; paths begin with the last name of the path. It lives as long as the scratch directory
     */
    Tree take(String path, Scratch scratch);

    @Override
    void close();
}
