package dev.osie.worker.workflow;

import dev.osie.worker.certificate.Trust;
import io.grpc.ManagedChannel;
import io.grpc.okhttp.OkHttpChannelBuilder;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import javax.net.SocketFactory;

/** How to reach a workflow server. */
public final class Channels {
    /**
     * The threads of all channels. gRPC's own would do, but it names them with String.format, and that loads a hundred classes for
     * locales before the first call.
     */
    private static final ThreadFactory DAEMONS = new ThreadFactory() {
        @Override
        public Thread newThread(Runnable task) {
            Thread thread = new Thread(task, "channel");
            thread.setDaemon(true);
            return thread;
        }
    };

    private static final ExecutorService THREADS = Executors.newCachedThreadPool(DAEMONS);
    private static final ScheduledExecutorService TIMER = timer();

    private Channels() {}

    private static ScheduledExecutorService timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, DAEMONS);
        // Each call has a limit of a minute; that of one that was answered would stay here for as long.
        timer.setRemoveOnCancelPolicy(true);
        return timer;
    }

    /** A channel without TLS. */
    public static ManagedChannel plaintext(Route route) {
        return builder(route).usePlaintext().build();
    }

    /**
     * A channel over TLS that trusts the certificate authorities of the system.
     *
     * @param roots files or directories of certificates in PEM; the first that is there counts, Java's own when none is
     * @throws GeneralSecurityException when the certificates can't be used
     */
    public static ManagedChannel verified(Route route, Path... roots) throws GeneralSecurityException {
        return builder(route)
                .useTransportSecurity()
                .sslSocketFactory(Trust.authorities(roots).getSocketFactory())
                .build();
    }

    /**
     * A channel over TLS that trusts the certificate authorities in one file and no others.
     *
     * @throws GeneralSecurityException when the file can't be read or has no certificates
     */
    public static ManagedChannel trusting(Route route, Path authorities) throws GeneralSecurityException {
        return builder(route)
                .useTransportSecurity()
                .sslSocketFactory(Trust.authoritiesIn(authorities).getSocketFactory())
                .build();
    }

    /** A channel over TLS that takes any certificate, of any name. */
    public static ManagedChannel unverified(Route route) throws GeneralSecurityException {
        return builder(route)
                .useTransportSecurity()
                .sslSocketFactory(Trust.anyone().getSocketFactory())
                .hostnameVerifier((name, session) -> true)
                .build();
    }

    /**
     * A channel without TLS to a service on this machine.
     *
     * @param sockets leads there, whatever address it is asked for
     */
    public static ManagedChannel local(SocketFactory sockets) {
        // An address in digits: nothing is to be looked up, and no proxy is to be asked.
        return configured(OkHttpChannelBuilder.forAddress("127.0.0.1", 1), sockets)
                .overrideAuthority("localhost")
                .proxyDetector(target -> null)
                .usePlaintext()
                .build();
    }

    private static OkHttpChannelBuilder builder(Route route) {
        return configured(
                OkHttpChannelBuilder.forAddress(route.host(), route.port()).proxyDetector(route.detector()),
                new PromptSocketFactory());
    }

    private static OkHttpChannelBuilder configured(OkHttpChannelBuilder builder, SocketFactory sockets) {
        return builder.directExecutor()
                .offloadExecutor(THREADS)
                .transportExecutor(THREADS)
                .scheduledExecutorService(TIMER)
                .disableRetry()
                .socketFactory(sockets);
    }
}
