package dev.osie.build.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.osie.build.store.Digest;
import dev.osie.build.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostFilesTest {
    @TempDir
    Path directory;

    private Store store;
    private HostFiles files;

    @BeforeEach
    void open() {
        store = Store.open(directory.resolve("store"));
        files = new HostFiles(store, new LayerCache(store));
    }

    @Test
    void keepsWhatWasReadThoughTheFileChanges() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "one");
        Digest digest = files.put(file).digest();
        Files.writeString(file, "two");

        assertThat(store.readAllBytes(digest)).asString().isEqualTo("one");
    }

    @Test
    void noticesAChangeThatSizeAndTimeDoNotShow() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "one");
        Thread.sleep(2100); // only files that have settled are remembered
        FileTime time = Files.getLastModifiedTime(file);
        assertThat(files.putAll(List.of(file)).get(0).digest()).isEqualTo(Digest.ofText("one"));
        Files.writeString(file, "two");
        Files.setLastModifiedTime(file, time);

        assertThat(files.putAll(List.of(file)).get(0).digest()).isEqualTo(Digest.ofText("two"));
    }

    @Test
    void readsAgainWhatIsGoneFromTheStore() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "one");
        Thread.sleep(2100);
        files.putAll(List.of(file));
        Files.delete(store.path(Digest.ofText("one")));

        files.putAll(List.of(file));

        assertThat(store.contains(Digest.ofText("one"))).isTrue();
    }
}
