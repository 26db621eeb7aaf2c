package dev.osie.build.kconfig;

import static dev.osie.build.failure.BuildException.badInput;

import dev.osie.build.yaml.DocumentText;
import dev.osie.build.yaml.Position;
import dev.osie.build.yaml.Problems;
import dev.osie.build.yaml.SourceText;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a configuration, as a file. Unlike Kconfig's own reader, which passes over what it doesn't understand, this one takes nothing
 * but {@code CONFIG_X=VALUE}, {@code # CONFIG_X is not set}, comments and empty lines.
 *
 * @param file as the user sees it
 * @param settings in the order of the file
 */
public record Fragment(Path file, List<Setting> settings) {
    private static final Pattern ASSIGNMENT = Pattern.compile("(CONFIG_[A-Za-z0-9_]+)=(.*)");
    private static final Pattern UNSET = Pattern.compile("# (CONFIG_[A-Za-z0-9_]+) is not set");
    private static final Pattern VALUE =
            Pattern.compile("[ymn]|-?\\d{1,19}|0[xX][0-9A-Fa-f]{1,16}|\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern NEARLY_UNSET = Pattern.compile("#\\s*CONFIG_\\w+\\s+is\\s+not\\s+set\\W*");

    public Fragment {
        settings = List.copyOf(settings);
    }

    /** Reads a fragment, and reports each line that is none. */
    public static Fragment read(Path file, Problems problems) {
        try (InputStream in = Files.newInputStream(file)) {
            return parse(file, DocumentText.of(file.toString(), in), problems);
        } catch (IOException e) {
            throw badInput("Tried to read " + file + ", but "
                            + (e instanceof NoSuchFileException ? "there is no such file" : e.getMessage()))
                    .because(e);
        }
    }

    /** The same for a text. */
    public static Fragment parse(Path file, String text, Problems problems) {
        SourceText source = new SourceText(file.toString(), text);
        List<Setting> settings = new ArrayList<>();
        List<String> lines = text.lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).stripTrailing();
            Position position = new Position(source, i + 1, 1, Math.max(1, line.length()));
            Matcher assignment = ASSIGNMENT.matcher(line);
            Matcher unset = UNSET.matcher(line);
            if (assignment.matches() && VALUE.matcher(assignment.group(2)).matches()) {
                settings.add(new Setting(assignment.group(1), assignment.group(2), position));
            } else if (assignment.matches()) {
                problems.add(
                        position,
                        "'" + assignment.group(2)
                                + "' is no value of an option: expected y, m, n, a number or \"text\"");
            } else if (unset.matches()) {
                settings.add(new Setting(unset.group(1), Setting.OFF, position));
            } else if (NEARLY_UNSET.matcher(line).matches()) {
                problems.add(position, "only '# CONFIG_X is not set', with single spaces, turns an option off");
            } else if (!line.isBlank() && !line.startsWith("#")) {
                problems.add(
                        position,
                        "expected CONFIG_X=y, CONFIG_X=m, CONFIG_X=\"text\", CONFIG_X=1, '# CONFIG_X is not set' or a comment");
            }
        }
        return new Fragment(file, settings);
    }
}
