package dev.osie.build.image;

import dev.osie.build.failure.BuildException;
import dev.osie.build.platform.Architecture;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Finds what is wrong with recipes, on every architecture, as far as that can be told without packages and images. */
public final class RecipeCheck {
    private final Recipes recipes;
    private final Problems problems;

    /** @param problems where everything that is wrong is reported */
    public RecipeCheck(Recipes recipes, Problems problems) {
        this.recipes = recipes;
        this.problems = problems;
    }

    /**
     * Checks a recipe, and those it builds on.
     *
     * @param position where to report what has no place of its own
     * @return what messages call the recipes that were read
     */
    public Set<String> check(String name, Position position) {
        Set<String> read = new TreeSet<>();
        for (Architecture architecture : Architecture.values()) {
            Problems found = problems.another();
            try {
                List<Recipe> chain = recipes.on(architecture).chain(name);
                chain.forEach(recipe -> read.add(recipes.document(recipe.name())));
                check(chain, found);
            } catch (BuildException e) {
                found.add(position, e);
            }
            problems.join(found);
        }
        return read;
    }

    private static void check(List<Recipe> chain, Problems problems) {
        String passwd = "";
        String group = "";
        boolean complete = chain.get(0).base().isEmpty();
        for (Recipe recipe : chain) {
            complete &= recipe.packages().isEmpty();
            checkSources(recipe, problems);
            Accounts accounts = new Accounts(
                    recipe,
                    Accounts.text(recipe, "etc/passwd").orElse(passwd),
                    Accounts.text(recipe, "etc/group").orElse(group),
                    complete,
                    problems);
            checkOwners(recipe, accounts);
            passwd = accounts.passwd();
            group = accounts.group();
        }
    }

    private static void checkSources(Recipe recipe, Problems problems) {
        for (RecipeFile file : recipe.files()) {
            if (file.kind() instanceof RecipeFile.Copied copied) {
                new SourceFiles(recipe, problems).check(file, copied);
            }
        }
    }

    private static void checkOwners(Recipe recipe, Accounts accounts) {
        for (RecipeFile file : recipe.files()) {
            file.permissions().uid().ifPresent(accounts::uid);
            file.permissions().gid().ifPresent(accounts::gid);
        }
        Optional<RecipeConfig.User> user = recipe.config().user();
        user.ifPresent(accounts::inNumbers);
    }
}
