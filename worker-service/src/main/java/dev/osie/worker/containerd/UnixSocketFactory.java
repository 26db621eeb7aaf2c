package dev.osie.worker.containerd;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.SocketFactory;

/** Connections to one Unix socket in the form that gRPC's okhttp transport wants. Whatever host and port they are asked for, they lead there. */
final class UnixSocketFactory extends SocketFactory {
    private final UnixDomainSocketAddress address;

    UnixSocketFactory(String path) {
        address = UnixDomainSocketAddress.of(path);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return new UnixSocket(address);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return new UnixSocket(address);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) throws IOException {
        return new UnixSocket(address);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) throws IOException {
        return new UnixSocket(address);
    }

    /** Java's own adaptor of a channel doesn't take Unix sockets, and its streams don't let one thread write while another one reads. */
    private static final class UnixSocket extends Socket {
        private final SocketChannel channel;
        private final InputStream in = new In();
        private final OutputStream out = new Out();

        UnixSocket(UnixDomainSocketAddress address) throws IOException {
            channel = SocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                channel.connect(address);
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        }

        @Override
        public InputStream getInputStream() {
            return in;
        }

        @Override
        public OutputStream getOutputStream() {
            return out;
        }

        @Override
        public boolean isConnected() {
            return true;
        }

        @Override
        public boolean isClosed() {
            return !channel.isOpen();
        }

        @Override
        public SocketAddress getRemoteSocketAddress() {
            // gRPC tells callers of it; nobody asks, and an address of another family would surprise it.
            return null;
        }

        @Override
        public void setTcpNoDelay(boolean on) {
            // There is no TCP here.
        }

        @Override
        public void setSoTimeout(int millis) {
            // Calls have deadlines.
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        private final class In extends InputStream {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return channel.read(ByteBuffer.wrap(bytes, offset, length));
            }
        }

        private final class Out extends OutputStream {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
            }
        }
    }
}
