package dev.osie.build.tree;

import static dev.osie.build.failure.BuildException.badInput;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a file system keeps of a node beside its content.
 *
 * @param mode permission bits with setuid, setgid and sticky (at most 07777)
 * @param uid numeric owner
 * @param gid numeric group
 * @param mtime seconds since 1970-01-01T00:00:00Z
 * @param xattrs extended attributes, their values in hexadecimal
 */
public record Attributes(int mode, long uid, long gid, long mtime, SortedMap<String, String> xattrs) {
    public Attributes {
        if ((mode & ~07777) != 0) {
            throw badInput("mode " + Integer.toOctalString(mode) + " has bits beyond 07777");
        }
        xattrs = Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
    }

    /** Root's, without extended attributes. */
    public static Attributes root(int mode, long mtime) {
        return new Attributes(mode, 0, 0, mtime, Collections.emptySortedMap());
    }

    public Attributes withMode(int newMode) {
        return new Attributes(newMode, uid, gid, mtime, xattrs);
    }

    public Attributes withOwner(long newUid, long newGid) {
        return new Attributes(mode, newUid, newGid, mtime, xattrs);
    }

    public Attributes withMtime(long newMtime) {
        return new Attributes(mode, uid, gid, newMtime, xattrs);
    }

    public Attributes withoutXattrs() {
        return new Attributes(mode, uid, gid, mtime, Collections.emptySortedMap());
    }

    /** The same with a modification time not later than the limit. */
    public Attributes clamped(long latest) {
        return mtime <= latest ? this : new Attributes(mode, uid, gid, latest, xattrs);
    }
}
