package dev.osie.worker.containerd;

import com.google.protobuf.ByteString;
import com.google.protobuf.FieldMask;
import dev.osie.worker.image.Descriptor;
import dev.osie.worker.proto.containerd.AbortRequest;
import dev.osie.worker.proto.containerd.ContentInfo;
import dev.osie.worker.proto.containerd.InfoRequest;
import dev.osie.worker.proto.containerd.ReadContentRequest;
import dev.osie.worker.proto.containerd.ReadContentResponse;
import dev.osie.worker.proto.containerd.UpdateRequest;
import dev.osie.worker.proto.containerd.WriteAction;
import dev.osie.worker.proto.containerd.WriteContentRequest;
import dev.osie.worker.proto.containerd.WriteContentResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The blobs that containerd keeps. It compares each with its digest itself. */
final class ContentStore {
    /** What is sent at once; gRPC servers take 4 MiB. */
    private static final int PIECE = 1024 * 1024;

    /** Of documents that are read as a whole. */
    private static final int DOCUMENT_LIMIT = 8 * 1024 * 1024;

    private static final long ANSWER_SECONDS = 60;

    private final Containerd containerd;

    ContentStore(Containerd containerd) {
        this.containerd = containerd;
    }

    boolean has(String digest) {
        try {
            containerd.content().info(InfoRequest.newBuilder().setDigest(digest).build());
            return true;
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.NOT_FOUND)) {
                return false;
            }
            throw e;
        }
    }

    /** Reads a document as a whole. */
    byte[] read(String digest) throws IOException {
        Iterator<ReadContentResponse> pieces = containerd
                .content()
                .read(ReadContentRequest.newBuilder().setDigest(digest).build());
        ByteArrayOutputStream document = new ByteArrayOutputStream();
        while (pieces.hasNext()) {
            pieces.next().getData().writeTo(document);
            if (document.size() > DOCUMENT_LIMIT) {
                throw new IOException(digest + " has more than " + DOCUMENT_LIMIT + " bytes");
            }
        }
        return document.toByteArray();
    }

    /** Says that something is kept for as long as a blob is. */
    void label(String digest, String name, String value) {
        containerd
                .content()
                .update(UpdateRequest.newBuilder()
                        .setInfo(ContentInfo.newBuilder().setDigest(digest).putLabels(name, value))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("labels." + name))
                        .build());
    }

    /** Keeps a document. */
    void put(Descriptor descriptor, byte[] document) throws IOException, InterruptedException {
        copy(descriptor, offset -> new Content(new ByteArrayInputStream(document), 0));
    }

    /**
     * Keeps a blob. What was written of it before, by a copy that was cut short, is not asked for again.
     *
     * @param source where it comes from, asked for the rest only
     */
    void copy(Descriptor descriptor, Source source) throws IOException, InterruptedException {
        String unfinished = "tink-worker-" + descriptor.digest();
        try {
            copy(descriptor, unfinished, source);
        } catch (StatusRuntimeException e) {
            if (Containerd.is(e, Status.Code.FAILED_PRECONDITION)) {
                // It would be gone on with, and be wrong for ever.
                containerd
                        .content()
                        .abort(AbortRequest.newBuilder().setRef(unfinished).build());
                throw new IOException("something else came than " + descriptor.digest());
            }
            if (!Containerd.is(e, Status.Code.ALREADY_EXISTS)) {
                throw e;
            }
        }
    }

    private void copy(Descriptor descriptor, String unfinished, Source source)
            throws IOException, InterruptedException {
        try (Writing writing = new Writing(containerd)) {
            long written = writing.exchange(WriteContentRequest.newBuilder()
                            .setAction(WriteAction.STAT)
                            .setRef(unfinished)
                            .setTotal(descriptor.size())
                            .setExpected(descriptor.digest())
                            .build())
                    .getOffset();
            if (written < descriptor.size() || descriptor.size() == 0) {
                Content content = source.from(written);
                try (InputStream in = content.bytes()) {
                    written = send(in, content.start(), descriptor, writing);
                }
            }
            writing.exchange(WriteContentRequest.newBuilder()
                    .setAction(WriteAction.COMMIT)
                    .setTotal(descriptor.size())
                    .setExpected(descriptor.digest())
                    .setOffset(written)
                    .build());
        }
    }

    private static long send(InputStream in, long start, Descriptor descriptor, Writing writing)
            throws IOException, InterruptedException {
        long written = start;
        byte[] piece = new byte[PIECE];
        int count;
        while ((count = in.readNBytes(piece, 0, PIECE)) > 0) {
            if (written + count > descriptor.size()) {
                throw new IOException("the registry sends more of " + descriptor.digest() + " than it has");
            }
            writing.exchange(WriteContentRequest.newBuilder()
                    .setAction(WriteAction.WRITE)
                    .setOffset(written)
                    .setData(ByteString.copyFrom(piece, 0, count))
                    .build());
            written += count;
        }
        if (written < descriptor.size()) {
            throw new IOException("the registry sends less of " + descriptor.digest() + " than it has");
        }
        return written;
    }

    /** Where a blob comes from. */
    interface Source {
        /** Opens it at an offset, or at its start. */
        Content from(long offset) throws IOException;
    }

    /**
     * The bytes of a blob.
     *
     * @param start the place in the blob where they begin
     */
    record Content(InputStream bytes, long start) {}

    /** One call of Write: each request waits for its answer, so that no more than one piece is in memory. */
    private static final class Writing implements StreamObserver<WriteContentResponse>, AutoCloseable {
        private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        private final StreamObserver<WriteContentRequest> requests;
        private boolean ended;

        Writing(Containerd containerd) {
            requests = containerd.contentStream().write(this);
        }

        WriteContentResponse exchange(WriteContentRequest request) throws InterruptedException {
            requests.onNext(request);
            Object answer = answers.poll(ANSWER_SECONDS, TimeUnit.SECONDS);
            if (answer instanceof WriteContentResponse response) {
                return response;
            }
            ended = answer != null;
            if (answer instanceof Throwable failure) {
                throw Status.fromThrowable(failure).asRuntimeException();
            }
            throw Status.DEADLINE_EXCEEDED
                    .withDescription("containerd doesn't say whether it has kept a piece of a blob")
                    .asRuntimeException();
        }

        @Override
        public void onNext(WriteContentResponse response) {
            answers.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            answers.add(failure);
        }

        @Override
        public void onCompleted() {
            answers.add("end");
        }

        @Override
        public void close() {
            if (!ended) {
                requests.onCompleted();
            }
        }
    }
}
