package dev.osie.worker;

import dev.osie.worker.console.Console;
import dev.osie.worker.console.Journal;
import dev.osie.worker.journal.LogFile;
import dev.osie.worker.journal.Syslog;
import dev.osie.worker.settings.Authority;
import dev.osie.worker.settings.Settings;
import java.util.ArrayList;
import java.util.List;

/** The journals that the settings ask for. */
record Journals(List<Journal> all) implements AutoCloseable {
    /** Of a log file, in bytes. */
    private static final long LOG_LIMIT = 4L * 1024 * 1024;

    static Journals open(Settings settings, Console console) {
        List<Journal> all = new ArrayList<>();
        if (settings.log().isPresent()) {
            all.add(new LogFile(settings.log().get(), LOG_LIMIT, console));
        }
        if (settings.syslog().isPresent()) {
            Authority server = settings.syslog().get();
            all.add(Syslog.start(server.host(), server.port(), settings.id().orElse("-")));
        }
        return new Journals(List.copyOf(all));
    }

    @Override
    public void close() {
        for (Journal journal : all) {
            journal.close();
        }
    }
}
