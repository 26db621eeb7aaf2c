package dev.osie.build.assemble;

import dev.osie.build.lock.Lock;
import dev.osie.build.lock.LockedImage;
import dev.osie.build.lock.Locker;
import dev.osie.build.lock.Resolved;
import dev.osie.build.lock.Selection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Makes locks of packages and images. */
final class LockMaker {
    private final DebianSupply supply;

    LockMaker(DebianSupply supply) {
        this.supply = supply;
    }

    /** A lock that has what it had, and what is needed. */
    Resolved make(Lock before, Collection<LockNeeds> needs) {
        return make(before, needs, Selection.NOTHING);
    }

    /** The same, where what is selected moves to what there is today. */
    Resolved make(Lock before, Collection<LockNeeds> needs, Selection selection) {
        Locker locker = supply.locker();
        Resolved packages =
                locker.update(before, needs.stream().map(LockNeeds::wanted).toList(), selection);
        return new Resolved(
                packages.lock().withImages(images(before, needs, selection)).withBuilder(BuilderVersions.own()),
                packages.forced());
    }

    private static SortedMap<String, LockedImage> images(
            Lock before, Collection<LockNeeds> needs, Selection selection) {
        Map<String, ImageSupply> wanted = new TreeMap<>();
        before.images().keySet().stream()
                .filter(selection::movesImage)
                .forEach(name -> wanted.put(name, needs.iterator().next().images()));
        for (LockNeeds each : needs) {
            each.of(before).images().stream()
                    .filter(name -> !before.images().containsKey(name) || selection.movesImage(name))
                    .forEach(name -> wanted.put(name, each.images()));
        }
        SortedMap<String, LockedImage> images = new TreeMap<>(before.images());
        wanted.forEach((name, supply) -> images.put(name, supply.locate(name)));
        for (LockNeeds each : needs) {
            each.of(before).images().forEach(name -> each.images().requireManifest(images.get(name)));
        }
        return images;
    }

    /** What a lock holds, in words. */
    static String contents(Lock lock) {
        List<String> contents = new ArrayList<>();
        if (!lock.packages().isEmpty()) {
            contents.add(lock.packages().size() + " packages of " + lock.date());
        }
        if (!lock.images().isEmpty()) {
            contents.add(lock.images().size() + (lock.images().size() == 1 ? " image" : " images"));
        }
        return contents.isEmpty() ? "nothing" : String.join(", ", contents);
    }
}
