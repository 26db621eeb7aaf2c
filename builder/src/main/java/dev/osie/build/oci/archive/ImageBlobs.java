package dev.osie.build.oci.archive;

import static dev.osie.build.failure.BuildException.badInput;
import static dev.osie.build.failure.BuildException.unavailable;
import static dev.osie.build.failure.BuildException.verification;

import dev.osie.build.failure.BuildException;
import dev.osie.build.oci.Descriptor;
import dev.osie.build.store.Digest;
import dev.osie.build.tree.Content;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;

/** Files of images as what they should be: documents in memory, which are small, and blobs that are compared with their digests. */
final class ImageBlobs {
    static final String DIRECTORY = "blobs/sha256/";
    private static final long MOST_DOCUMENT_BYTES = 8 << 20;

    private final ImageFiles files;

    ImageBlobs(ImageFiles files) {
        this.files = files;
    }

    /** A file that must be there. */
    Content file(String path) {
        return find(path).orElseThrow(() -> badInput(files + " has no file '" + path + "'."));
    }

    Optional<Content> find(String path) {
        try {
            return files.find(path);
        } catch (IOException e) {
            throw badInput(files + ": " + e.getMessage() + ".").because(e);
        }
    }

    /** A failure with the place in it. */
    static BuildException placed(BuildException failure, ImageFiles files) {
        return failure.getMessage().contains(files.toString()) ? failure : failure.at(files.toString());
    }

    /** Tells whoever took one kind of archive for the other. */
    void requireKind(String file, String kind, String otherFile, String otherTransport) {
        if (find(file).isEmpty()) {
            var failure = badInput(files + " is no " + kind + ": it has no file '" + file + "'.");
            throw find(otherFile).isPresent()
                    ? failure.hint("It has a file '" + otherFile + "': perhaps write " + otherTransport + files)
                    : failure;
        }
    }

    /** A JSON document. */
    byte[] document(String path) {
        Content content = file(path);
        if (content.size() > MOST_DOCUMENT_BYTES) {
            throw verification("The file '" + path + "' of " + files + " has " + content.size()
                    + " bytes, more than any honest one.");
        }
        try (InputStream in = content.open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    /** A JSON document that is known by its digest. */
    byte[] document(Descriptor descriptor) {
        String path = path(descriptor);
        requireSize(path, file(path), descriptor.size());
        byte[] document = document(path);
        requireDigest(path, Digest.of(document), descriptor.digest());
        return document;
    }

    /** A layer that is known by its digest, which is compared at the end. */
    InputStream open(Descriptor descriptor) {
        String path = path(descriptor);
        Content content = file(path);
        requireSize(path, content, descriptor.size());
        return open(path, content, Optional.of(descriptor.digest()));
    }

    /**
     * A file.
     *
     * @param digest to compare it with at the end
     */
    InputStream open(String path, Content content, Optional<Digest> digest) {
        try {
            InputStream in = content.open();
            return digest.isEmpty() ? in : new ComparingStream(path, in, digest.get());
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    private static String path(Descriptor descriptor) {
        return DIRECTORY + descriptor.digest().hex();
    }

    private RuntimeException unreadable(String path, IOException e) {
        return unavailable("Tried to read '" + path + "' of " + files + ", but " + e.getMessage() + ".")
                .because(e);
    }

    private void requireSize(String path, Content content, long expected) {
        if (content.size() != expected) {
            throw verification("The file '" + path + "' of " + files + " has " + content.size()
                    + " bytes; what names it expects " + expected + ".");
        }
    }

    void requireDigest(String path, Digest found, Digest expected) {
        if (!found.equals(expected)) {
            throw verification("The file '" + path + "' of " + files + " was altered: found " + found + ", expected "
                    + expected + ".");
        }
    }

    private final class ComparingStream extends FilterInputStream {
        private final MessageDigest sha256 = Digest.newSha256();
        private final String path;
        private final Digest expected;

        ComparingStream(String path, InputStream in, Digest expected) {
            super(in);
            this.path = path;
            this.expected = expected;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int count = in.read(bytes, offset, length);
            if (count > 0) {
                sha256.update(bytes, offset, count);
            } else if (count < 0) {
                finish();
            }
            return count;
        }

        /** A copy of the state, as the end may be read several times. */
        private void finish() throws IOException {
            try {
                requireDigest(path, Digest.finish((MessageDigest) sha256.clone()), expected);
            } catch (CloneNotSupportedException e) {
                throw new AssertionError("the JDK's SHA-256 can be copied", e);
            }
        }

        @Override
        public long skip(long count) throws IOException {
            return readNBytes((int) Math.min(count, 1 << 16)).length;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
