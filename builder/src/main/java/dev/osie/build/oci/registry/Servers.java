package dev.osie.build.oci.registry;

import static dev.osie.build.failure.BuildException.unavailable;

import dev.osie.build.failure.BuildException;
import dev.osie.build.http.Answer;
import dev.osie.build.http.BrokenTransfer;
import dev.osie.build.http.Transport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The servers of registries: mirrors in order, then the registry itself. A mirror that can't be reached is asked once. */
final class Servers {
    private final RegistrySettings settings;
    private final Supplier<Transport> transport;
    private final Login.Finder logins;
    private final Map<String, List<Server>> known = new ConcurrentHashMap<>();
    private final Set<Server> unreachable = ConcurrentHashMap.newKeySet();

    Servers(RegistrySettings settings, Supplier<Transport> transport, Login.Finder logins) {
        this.settings = settings;
        this.transport = transport;
        this.logins = logins;
    }

    /** The registry itself. */
    Server own(String registry) {
        List<Server> all = of(registry);
        return all.get(all.size() - 1);
    }

    private List<Server> of(String registry) {
        return known.computeIfAbsent(registry, name -> {
            Transport shared = transport.get();
            return settings.places(name).stream()
                    .map(place -> new Server(place, shared, logins))
                    .toList();
        });
    }

    /**
     * Asks one after another, the next when one doesn't have it or can't be used.
     *
     * @throws Absent when none has it
     */
    Answer ask(RemoteName name, String path, List<String> accept, long from) {
        List<String> refusals = new ArrayList<>();
        List<Server> all = of(name.registry());
        for (Server server : all.subList(0, all.size() - 1)) {
            if (unreachable.contains(server)) {
                refusals.add(server.host() + " can't be reached");
                continue;
            }
            try {
                Answer answer = server.get(name.repository(), path, accept, from);
                if (answer.status() != 404) {
                    return answer;
                }
                answer.close();
                refusals.add(server.host() + " has no such image");
            } catch (BrokenTransfer e) {
                unreachable.add(server);
                refusals.add(server.host() + ": " + e.getMessage());
            } catch (BuildException e) {
                refusals.add(e.getMessage());
            }
        }
        return askLast(all.get(all.size() - 1), name, path, accept, from, refusals);
    }

    private static Answer askLast(
            Server server, RemoteName name, String path, List<String> accept, long from, List<String> refusals) {
        Answer answer;
        try {
            answer = server.get(name.repository(), path, accept, from);
        } catch (BuildException e) {
            String hint = e.hint().map(own -> own + "\n").orElse("");
            throw refusals.isEmpty() ? e : e.hint(hint + "Before it: " + String.join("; ", refusals) + ".");
        }
        if (answer.status() == 404) {
            answer.close();
            refusals.add(server.host() + " has no such image");
            throw new Absent("There is no image " + name + ": " + String.join("; ", refusals) + ".");
        }
        return answer;
    }

    /** No server has it. */
    static final class Absent extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Absent(String message) {
            super(message);
        }

        BuildException failure() {
            return unavailable(getMessage());
        }
    }
}
