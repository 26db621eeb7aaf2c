package dev.osie.worker;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.osie.worker.action.ActionRuntime;
import dev.osie.worker.console.Console;
import dev.osie.worker.container.ContainerEngine;
import dev.osie.worker.container.ContainerRuntime;
import dev.osie.worker.containerd.ContainerdEngine;
import dev.osie.worker.docker.AgentContainer;
import dev.osie.worker.docker.DockerEngine;
import dev.osie.worker.image.ImageSources;
import dev.osie.worker.inventory.Inventory;
import dev.osie.worker.inventory.InventoryJson;
import dev.osie.worker.inventory.SystemFiles;
import dev.osie.worker.power.PowerRequests;
import dev.osie.worker.settings.AgentImage;
import dev.osie.worker.settings.Settings;
import dev.osie.worker.settings.SettingsReader;
import dev.osie.worker.workflow.Transport;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;

/** The program tink-worker. */
public final class Main {
    private static final long SETTINGS_MILLIS = 5_000;

    /** How long the process outlives a SIGTERM: a container's grace, its removal, and a last report. */
    private static final long STOP_MILLIS = 15_000;

    /** Where actions leave what they ask of the machine, and where its init takes that. */
    private static final Path REQUESTS = Path.of("/worker");

    private static final Path POWER = Path.of("/run/osie/power/request");

    /** What the OSIE was built with for the pulling of images. The service of Docker reads it as well. */
    private static final Path BUILT_WITH = Path.of("/etc/osie-build/docker.d");

    /** What Hook gives an agent. */
    private static final List<String> AGENT_BINDS =
            List.of("/worker:/worker", "/dev:/dev", "/var/run/docker.sock:/var/run/docker.sock");

    private static final String HELP = """
            tink-worker: asks a Tinkerbell server for actions and runs each in a container.

            Settings come from the kernel command line, AGENT_* variables, these flags, and variables without
            prefix; later ones win. docs/worker.md lists them all.
              -grpc-server HOST:PORT     the workflow server
              -grpc-tls                  speak TLS to it
              -grpc-insecure-tls         believe any certificate
              -grpc-ca-file FILE         trust the certificate authorities in it alone
              -https-proxy URL           go to the server through this proxy, but for the hosts in -no-proxy LIST;
                                         with containerd to registries as well
              -id ID                     this worker's id, else hw_addr, else the MAC of the first interface
              -registry-name HOST        the registry that the next two are for
              -registry-user NAME
              -registry-pass PASSWORD
              -image-pull WORD           always, missing or never
              -image-mirrors LIST        [REGISTRY=]HOST[/PATH],… asked before an image's own registry
              -keep-failed               keep the containers of actions that fail
              -tink-worker-image IMAGE   have this agent work in place of this program; none for this one
              -runtime WORD              what runs the actions: docker or containerd
              -docker-socket PATH        where Docker listens, /var/run/docker.sock by default
              -containerd-socket PATH    where containerd listens, /run/containerd/containerd.sock by default
              -containerd-namespace NAME in which it keeps what is ours, tinkerbell by default
              -registry-mirrors URL,...  asked before Docker Hub, with containerd
              -insecure-registries HOST,...  need no TLS, or any certificate will do, with containerd
              -transport WORD            grpc (the server) or file
              -workflow-path FILE        with -transport file: the workflow
              -workflow-protocol WORD    auto, action (GetAction) or stream (older servers)
              -syslog-host HOST          where the console's lines are sent as well, -syslog-port 514
              -log-file FILE             where they are kept as well; none for nowhere
              -attribute-detection=false don't tell the server what the machine is made of
              -version, -help

            tink-worker inventory --json prints what the machine is made of.
            """;

    private Main() {}

    public static void main(String[] args) throws InterruptedException, GeneralSecurityException {
        Console console = Console.standardOutput();
        List<String> arguments = List.of(args);
        if (arguments.contains("-help") || arguments.contains("--help") || arguments.contains("-h")) {
            System.out.print(HELP);
            return;
        }
        if (arguments.contains("-version") || arguments.contains("--version")) {
            String version = Main.class.getPackage().getImplementationVersion();
            System.out.println("tink-worker " + (version == null ? "(not packaged)" : version));
            return;
        }
        if (arguments.contains("inventory")) {
            System.exit(inventory(arguments));
        }
        console.line("worker starting");
        // gRPC logs through java.util.logging; what matters of that is in our own messages.
        System.setProperty("java.util.logging.config.class", Silence.class.getName());
        Settings settings = settings(arguments, true, console);
        if (settings.agent().isPresent()) {
            if (bootstrap(settings, settings.agent().get(), console)) {
                return;
            }
            console.line("worker works itself in place of " + settings.agent().get());
            settings = settings(arguments, false, console);
        }
        work(settings, console);
    }

    /** Runs another agent until this program is told to end; false when its image can't be had. */
    private static boolean bootstrap(Settings settings, AgentImage image, Console console) {
        try (Journals journals = Journals.open(settings, console);
                AgentContainer agent =
                        new AgentContainer(settings.dockerSocket(), AGENT_BINDS, sources(settings), image, console)) {
            console.copyTo(journals.all());
            stopOnSignal(agent::stop);
            return agent.run();
        }
    }

    private static int inventory(List<String> arguments) {
        if (!arguments.equals(List.of("inventory", "--json")) && !arguments.equals(List.of("inventory", "-json"))) {
            System.err.println("tink-worker inventory: expected --json and nothing else");
            return 2;
        }
        String json = InventoryJson.write(Inventory.read(new SystemFiles(Path.of("/"))));
        System.out.writeBytes(json.getBytes(UTF_8));
        System.out.flush();
        return System.out.checkError() ? 3 : 0;
    }

    /**
     * Reads the settings until there is a workflow, or a server and an id: without them there is nothing to do but to wait for them.
     *
     * @param agent whether another agent, if one is set, needs none of them
     */
    private static Settings settings(List<String> arguments, boolean agent, Console console)
            throws InterruptedException {
        SettingsReader reader = new SettingsReader(
                Path.of("/proc/cmdline"), Path.of("/sys/class/net"), BUILT_WITH, System.getenv(), arguments);
        String said = "";
        while (true) {
            Settings settings = reader.read();
            String missing = agent && settings.agent().isPresent() ? "" : missing(settings);
            String message = missing + settings.problems();
            if (!message.equals(said)) {
                said = message;
                for (String problem : settings.problems()) {
                    console.line("worker setting: " + problem);
                }
                if (!missing.isEmpty()) {
                    console.line(missing);
                }
            }
            if (missing.isEmpty()) {
                return settings;
            }
            Thread.sleep(SETTINGS_MILLIS);
        }
    }

    private static String missing(Settings settings) {
        if (settings.workflow().isPresent()) {
            return "";
        }
        if (settings.server().isEmpty()) {
            return "worker waits: nobody said where the workflow server is;"
                    + " expected grpc_authority=HOST:PORT on the kernel command line";
        }
        if (settings.id().isEmpty()) {
            return "worker waits: no worker_id on the kernel command line, and no network interface whose MAC could serve";
        }
        return "";
    }

    private static void work(Settings settings, Console console) throws GeneralSecurityException {
        try (Journals journals = Journals.open(settings, console);
                Transport transport = Transports.create(settings, console);
                ActionRuntime runtime = runtime(settings, console)) {
            console.copyTo(journals.all());
            Worker worker = new Worker(
                    transport, runtime, new PowerRequests(REQUESTS, POWER, console), Timing.usual(), console);
            stopOnSignal(worker::stop);
            worker.run();
        }
    }

    private static ActionRuntime runtime(Settings settings, Console console) {
        ContainerEngine engine = settings.containerd().isPresent()
                ? new ContainerdEngine(settings.containerd().get(), settings.registryLogin(), console)
                : new DockerEngine(settings.dockerSocket(), settings.registryLogin());
        return new ContainerRuntime(engine, sources(settings), settings.keepFailed(), console);
    }

    private static ImageSources sources(Settings settings) {
        return new ImageSources(settings.registryLogin(), settings.pullPolicy(), settings.mirrors());
    }

    private static void stopOnSignal(Runnable stop) {
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread("stop") {
            @Override
            public void run() {
                stop.run();
                try {
                    main.join(STOP_MILLIS);
                } catch (InterruptedException e) {
                    // The process ends either way.
                }
            }
        });
    }

    /** A java.util.logging configuration without handlers, which also spares reading the default one's file. */
    public static final class Silence {}
}
