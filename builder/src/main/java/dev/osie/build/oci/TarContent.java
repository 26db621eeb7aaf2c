package dev.osie.build.oci;

import dev.osie.build.tree.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Files as one uncompressed tar archive. Equal files give equal bytes: entries are sorted by path, belong to root, have mode 0644 and date from
 * 1970. Nothing is copied: the archive exists while it is read.
 */
final class TarContent implements Content {
    private static final int BLOCK = TarConstants.DEFAULT_RCDSIZE;

    private final List<Content> parts = new ArrayList<>();

    /** @param files by path; a path has 100 characters at most */
    TarContent(SortedMap<String, Content> files) {
        files.forEach((path, file) -> {
            parts.add(Content.of(header(path, file.size())));
            parts.add(file);
            parts.add(zeros((int) (-file.size() & (BLOCK - 1))));
        });
        parts.add(zeros(2 * BLOCK));
    }

    private static byte[] header(String path, long size) {
        TarArchiveEntry entry = new TarArchiveEntry(path);
        entry.setSize(size);
        entry.setMode(0644);
        entry.setIds(0, 0);
        entry.setNames("", "");
        entry.setModTime(0);
        byte[] header = new byte[BLOCK];
        entry.writeEntryHeader(header);
        return header;
    }

    private static Content zeros(int count) {
        return Content.of(new byte[count]);
    }

    @Override
    public long size() {
        return parts.stream().mapToLong(Content::size).sum();
    }

    @Override
    public InputStream open() {
        Iterator<Content> rest = parts.iterator();
        return new SequenceInputStream(new Enumeration<>() {
            @Override
            public boolean hasMoreElements() {
                return rest.hasNext();
            }

            @Override
            public InputStream nextElement() {
                try {
                    return rest.next().open();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
    }
}
