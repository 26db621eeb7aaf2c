package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.platform.Architecture;
import dev.osie.build.spec.SchemaAgreement;
import dev.osie.build.yaml.YamlReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The schema of recipes for editors, and their reader, agree on what a recipe may hold. */
class RecipeSchemaTest {
    private static final Path IMAGES = Path.of("..", "images");
    private static final Path EVERYTHING =
            Path.of("src/test/resources/dev/osie/build/image/recipes/everything/image.yaml");

    private static final SchemaAgreement AGREEMENT = new SchemaAgreement(
            Recipe.class,
            "recipe.schema.json",
            EVERYTHING,
            node -> RecipeReader.read(node, EVERYTHING, Architecture.X86_64));

    static List<String> recipes() {
        return Recipes.in(IMAGES).names();
    }

    @ParameterizedTest
    @MethodSource("recipes")
    void acceptsEveryRecipe(String name) {
        assertThat(AGREEMENT.errors(YamlReader.read(IMAGES.resolve(name).resolve("image.yaml"))))
                .isEmpty();
    }

    @Test
    void acceptsARecipeWithEveryKeyAsTheReaderDoes() {
        AGREEMENT.bothAcceptEverything();
    }

    @Test
    void hasNoKeyThatTheRecipeWithEveryKeyLacks() throws IOException {
        AGREEMENT.schemaHasNoKeyThatEverythingLacks(Set.of());
    }

    @Test
    void bothRefuseAnUnknownKeyInEveryMapping() {
        AGREEMENT.bothRefuseAnUnknownKeyInEveryMapping(Set.of("/config/labels"));
    }

    @Test
    void bothRefuseListsAndMappingsInThePlaceOfScalarsAndTheReverse() {
        AGREEMENT.bothRefuseListsAndMappingsInThePlaceOfScalarsAndTheReverse(Set.of("/packages/1", "/exclude/1"));
    }

    @Test
    void theSchemaRefusesNothingThatTheReaderAccepts() {
        AGREEMENT.theSchemaRefusesNothingThatTheReaderAccepts();
    }
}
