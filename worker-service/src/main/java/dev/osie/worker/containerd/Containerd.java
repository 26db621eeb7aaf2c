package dev.osie.worker.containerd;

import dev.osie.worker.proto.containerd.ContainersGrpc;
import dev.osie.worker.proto.containerd.ContentGrpc;
import dev.osie.worker.proto.containerd.DiffGrpc;
import dev.osie.worker.proto.containerd.Empty;
import dev.osie.worker.proto.containerd.ImagesGrpc;
import dev.osie.worker.proto.containerd.LeasesGrpc;
import dev.osie.worker.proto.containerd.SnapshotsGrpc;
import dev.osie.worker.proto.containerd.TasksGrpc;
import dev.osie.worker.proto.containerd.VersionGrpc;
import dev.osie.worker.workflow.Channels;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The services of a containerd, in one of its namespaces. A call that takes longer than a minute fails, but for those that take as long
 * as what they are about.
 */
final class Containerd implements AutoCloseable {
    private static final long CALL_SECONDS = 60;
    private static final Metadata.Key<String> NAMESPACE = key("containerd-namespace");
    private static final Metadata.Key<String> LEASE = key("containerd-lease");

    private final ManagedChannel connection;
    private final Channel services;

    private Containerd(ManagedChannel connection, Channel services) {
        this.connection = connection;
        this.services = services;
    }

    /** @param socket path of the Unix socket where it listens or will listen */
    static Containerd at(String socket, String namespace) {
        ManagedChannel connection = Channels.local(new UnixSocketFactory(socket));
        return new Containerd(connection, with(connection, NAMESPACE, namespace));
    }

    /** The same services; what is made with these is under a lease. */
    Containerd under(String lease) {
        return new Containerd(connection, with(services, LEASE, lease));
    }

    private static Channel with(Channel channel, Metadata.Key<String> key, String value) {
        Metadata headers = new Metadata();
        headers.put(key, value);
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Why it doesn't answer; empty when it does. Connects anew if need be. */
    Optional<RuntimeException> silence() {
        try {
            connection.resetConnectBackoff();
            prompt(VersionGrpc.newBlockingStub(services)).version(Empty.getDefaultInstance());
            return Optional.empty();
        } catch (StatusRuntimeException e) {
            return Optional.of(e);
        }
    }

    ContentGrpc.ContentBlockingStub content() {
        return prompt(ContentGrpc.newBlockingStub(services));
    }

    /** For writing, which is a conversation. */
    ContentGrpc.ContentStub contentStream() {
        return ContentGrpc.newStub(services);
    }

    ImagesGrpc.ImagesBlockingStub images() {
        return prompt(ImagesGrpc.newBlockingStub(services));
    }

    LeasesGrpc.LeasesBlockingStub leases() {
        return prompt(LeasesGrpc.newBlockingStub(services));
    }

    SnapshotsGrpc.SnapshotsBlockingStub snapshots() {
        return prompt(SnapshotsGrpc.newBlockingStub(services));
    }

    /** Takes as long as it takes to unpack. */
    DiffGrpc.DiffBlockingStub diff() {
        return DiffGrpc.newBlockingStub(services);
    }

    ContainersGrpc.ContainersBlockingStub containers() {
        return prompt(ContainersGrpc.newBlockingStub(services));
    }

    TasksGrpc.TasksBlockingStub tasks() {
        return prompt(TasksGrpc.newBlockingStub(services));
    }

    /** For waiting. */
    TasksGrpc.TasksBlockingStub tasks(long millis) {
        return TasksGrpc.newBlockingStub(services).withDeadlineAfter(millis, TimeUnit.MILLISECONDS);
    }

    private static <S extends AbstractStub<S>> S prompt(S stub) {
        return stub.withDeadlineAfter(CALL_SECONDS, TimeUnit.SECONDS);
    }

    static boolean is(StatusRuntimeException failure, Status.Code code) {
        return failure.getStatus().getCode() == code;
    }

    @Override
    public void close() {
        connection.shutdownNow();
    }
}
