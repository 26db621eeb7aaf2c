package dev.osie.build.oci.gzip;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Compresses into the format DEFLATE (RFC 1951): finds what was there before by chains of positions that begin alike, and prefers a longer
 * repetition that begins a byte later. Data is taken in portions of a fixed size, so the bytes don't depend on how it is written.
 */
final class DeflateEncoder {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int WINDOW = 1 << 15;
    private static final int PORTION = 1 << 18;
    private static final int SHORTEST = 4;
    private static final int LONGEST = 258;
    /** So far the search goes for a repetition, less when the one before is good already; and so long is long enough. */
    private static final int MOST_STEPS = 24;

    private static final int GOOD = 16;
    private static final int LONG_ENOUGH = 66;

    private static final int HASH_BITS = 15;
    private static final int NONE = -1;

    private final BitOutput out;
    private final Block block = new Block();
    private final byte[] bytes = new byte[WINDOW + PORTION];
    private final int[] latest = new int[1 << HASH_BITS];
    private final int[] earlier = new int[WINDOW];
    private int start;
    private int end;
    private int blockStart;
    private int distance;

    DeflateEncoder(OutputStream out) {
        this.out = new BitOutput(out);
        Arrays.fill(latest, NONE);
        Arrays.fill(earlier, NONE);
    }

    void write(byte[] from, int offset, int length) throws IOException {
        for (int done = 0; done < length; ) {
            if (end == bytes.length) {
                compress();
                slide();
            }
            int count = Math.min(length - done, bytes.length - end);
            System.arraycopy(from, offset + done, bytes, end, count);
            end += count;
            done += count;
        }
    }

    /** Compresses what is left and ends the data. */
    void finish() throws IOException {
        compress();
        block.writeTo(out, bytes, blockStart, end - blockStart, true);
        out.align();
        out.flush();
    }

    private void compress() throws IOException {
        int position = start;
        int waiting = 0; // length of the repetition that begins at the byte before
        int waitingDistance = 0;
        boolean literal = false; // whether the byte before is not yet written
        while (position < end) {
            boolean search = waiting < LONG_ENOUGH;
            int length = search ? longest(position, waiting) : 0;
            if (waiting >= SHORTEST && length <= waiting) {
                block.reference(waiting, waitingDistance);
                int next = position - 1 + waiting;
                for (position += search ? 1 : 0; position < next; position++) {
                    remember(position);
                }
                waiting = 0;
                literal = false;
            } else {
                if (literal) {
                    block.literal(bytes[position - 1] & 0xff);
                }
                waiting = length;
                waitingDistance = distance;
                literal = true;
                position++;
            }
            if (block.isFull()) {
                endBlock(literal ? position - 1 : position);
            }
        }
        if (waiting >= SHORTEST) {
            throw new AssertionError("the last byte cannot begin a repetition");
        }
        if (literal) {
            block.literal(bytes[position - 1] & 0xff);
        }
        endBlock(end);
        start = end;
    }

    private void endBlock(int upTo) throws IOException {
        if (upTo > blockStart) {
            block.writeTo(out, bytes, blockStart, upTo - blockStart, false);
            blockStart = upTo;
        }
    }

    /** The length of the longest earlier repetition of what begins here, whose distance is left in the field; 0 unless it beats the least. */
    private int longest(int position, int least) {
        int most = Math.min(LONGEST, end - position);
        if (most < SHORTEST) {
            return 0;
        }
        int candidate = remember(position);
        int oldest = Math.max(position - WINDOW, 0);
        int best = Math.max(least, SHORTEST - 1);
        int found = 0;
        int first = (int) INTS.get(bytes, position);
        int steps = least >= GOOD ? MOST_STEPS / 4 : MOST_STEPS;
        while (candidate >= oldest && steps-- > 0 && best < most) {
            // Only a longer one helps, so it must agree where the best one so far ends.
            if (bytes[candidate + best] == bytes[position + best] && (int) INTS.get(bytes, candidate) == first) {
                int length = common(candidate, position, most);
                if (length > best) {
                    best = length;
                    found = length;
                    distance = position - candidate;
                    if (length >= LONG_ENOUGH) {
                        break;
                    }
                }
            }
            int next = earlier[candidate & WINDOW - 1];
            if (next >= candidate) {
                break;
            }
            candidate = next;
        }
        return found;
    }

    private int common(int earlierPosition, int position, int most) {
        int length = SHORTEST;
        while (length + Long.BYTES <= most) {
            long difference =
                    (long) LONGS.get(bytes, earlierPosition + length) ^ (long) LONGS.get(bytes, position + length);
            if (difference != 0) {
                return length + Long.numberOfTrailingZeros(difference) / 8;
            }
            length += Long.BYTES;
        }
        while (length < most && bytes[earlierPosition + length] == bytes[position + length]) {
            length++;
        }
        return length;
    }

    /** Adds the position to the chain of those that begin alike, and returns the one before. */
    private int remember(int position) {
        if (position + SHORTEST > end) {
            return NONE;
        }
        int hash = (int) INTS.get(bytes, position) * 0x9E3779B1 >>> 32 - HASH_BITS;
        int before = latest[hash];
        earlier[position & WINDOW - 1] = before;
        latest[hash] = position;
        return before;
    }

    /** Moves the window to the front. */
    private void slide() {
        int by = end - WINDOW;
        System.arraycopy(bytes, by, bytes, 0, WINDOW);
        // A multiple of the window's size, so what is where stays.
        for (int i = 0; i < latest.length; i++) {
            latest[i] = Math.max(latest[i] - by, NONE);
        }
        for (int i = 0; i < earlier.length; i++) {
            earlier[i] = Math.max(earlier[i] - by, NONE);
        }
        start -= by;
        end -= by;
        blockStart -= by;
    }
}
