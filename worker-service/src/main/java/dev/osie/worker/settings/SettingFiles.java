package dev.osie.worker.settings;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What an OSIE was built with for the pulling of images: files {@code *.conf} in one directory, with lines {@code NAME=value}, where names are
 * those of the kernel command line. Of several values for one name the last counts, in the order of the files' names.
 */
final class SettingFiles {
    private static final List<Setting> KNOWN = List.of(
            Setting.PROXY, Setting.HTTP_PROXY, Setting.NO_PROXY, Setting.HUB_MIRRORS, Setting.INSECURE_REGISTRIES);

    private final Path directory;
    private final List<String> problems;

    SettingFiles(Path directory, List<String> problems) {
        this.directory = directory;
        this.problems = problems;
    }

    /** What they say, and above it what others say of the same. */
    GivenValues below(GivenValues others) {
        GivenValues values = new GivenValues(problems);
        for (Path file : files()) {
            try {
                for (String line : Files.readAllLines(file)) {
                    add(line, file, values);
                }
            } catch (IOException e) {
                problems.add("can't read " + file + ": " + e);
            }
        }
        for (Setting setting : KNOWN) {
            values.addAll(setting, others);
        }
        return values;
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, "*.conf")) {
            for (Path file : found) {
                files.add(file);
            }
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            problems.add("can't read " + directory + ": " + e);
        }
        Collections.sort(files);
        return files;
    }

    private static void add(String line, Path file, GivenValues values) {
        for (Setting setting : KNOWN) {
            if (line.startsWith(setting.parameter() + "=")) {
                values.add(
                        setting,
                        line.substring(setting.parameter().length() + 1).strip(),
                        "in " + file);
            }
        }
    }
}
