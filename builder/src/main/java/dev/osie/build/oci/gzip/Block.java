package dev.osie.build.oci.gzip;

import java.io.IOException;
import java.util.Arrays;

/** Literals and references that become one block (RFC 1951, section 3.2.3), whichever form of block is the smallest. */
final class Block {
    static final int MOST_SYMBOLS = 1 << 15;

    private static final int END = 256;
    private static final int MOST_STORED = 0xffff;
    /** The order in which the lengths of the code for code lengths are written, section 3.2.7. */
    private static final int[] ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    private static final int[] LENGTH_SYMBOL = new int[259];
    private static final int[] LENGTH_EXTRA = new int[29];
    private static final int[] LENGTH_BASE = new int[29];
    private static final int[] DISTANCE_EXTRA = new int[30];
    private static final int[] DISTANCE_BASE = new int[30];

    static {
        for (int i = 0, base = 3; i < 28; i++) {
            LENGTH_EXTRA[i] = i < 8 ? 0 : i / 4 - 1;
            LENGTH_BASE[i] = base;
            for (int end = base + (1 << LENGTH_EXTRA[i]); base < end; base++) {
                LENGTH_SYMBOL[base] = i;
            }
        }
        LENGTH_BASE[28] = 258;
        LENGTH_SYMBOL[258] = 28;
        for (int i = 0, base = 1; i < 30; i++) {
            DISTANCE_EXTRA[i] = i < 4 ? 0 : i / 2 - 1;
            DISTANCE_BASE[i] = base;
            base += 1 << DISTANCE_EXTRA[i];
        }
    }

    /** A literal, or a length in the upper half and a distance in the lower. */
    private final int[] symbols = new int[MOST_SYMBOLS];

    private final int[] literals = new int[286];
    private final int[] distances = new int[30];
    private int count;

    boolean isFull() {
        return count == MOST_SYMBOLS;
    }

    void literal(int value) {
        symbols[count++] = value;
        literals[value]++;
    }

    /** Repeats bytes; lengths are 3 to 258, distances 1 to 32768. */
    void reference(int length, int distance) {
        symbols[count++] = length << 16 | distance - 1;
        literals[257 + LENGTH_SYMBOL[length]]++;
        distances[distanceSymbol(distance - 1)]++;
    }

    private static int distanceSymbol(int lessOne) {
        if (lessOne < 4) {
            return lessOne;
        }
        int extra = 30 - Integer.numberOfLeadingZeros(lessOne);
        return 2 * extra + 2 + (lessOne >>> extra & 1);
    }

    /**
     * Writes the block and empties it.
     *
     * @param bytes what the symbols stand for, from {@code start} on
     */
    void writeTo(BitOutput out, byte[] bytes, int start, int length, boolean last) throws IOException {
        literals[END]++;
        requireTwo(literals);
        requireTwo(distances);
        HuffmanCode literalCode = HuffmanCode.of(literals, 15);
        HuffmanCode distanceCode = HuffmanCode.of(distances, 15);
        CodeLengths header = CodeLengths.of(literalCode.lengths(), distanceCode.lengths());
        long bits = header.bits() + bits(literalCode, distanceCode);
        if (bits / 8 >= length + 5L * (length / MOST_STORED + 1)) {
            store(out, bytes, start, length, last);
        } else {
            out.write(last ? 1 : 0, 1);
            out.write(2, 2);
            header.writeTo(out);
            write(out, literalCode, distanceCode);
        }
        count = 0;
        Arrays.fill(literals, 0);
        Arrays.fill(distances, 0);
    }

    private static void requireTwo(int[] frequencies) {
        int used = 0;
        for (int frequency : frequencies) {
            used += frequency > 0 ? 1 : 0;
        }
        for (int symbol = 0; used < 2; symbol++) {
            if (frequencies[symbol] == 0) {
                frequencies[symbol] = 1;
                used++;
            }
        }
    }

    private long bits(HuffmanCode literalCode, HuffmanCode distanceCode) {
        long bits = 0;
        for (int symbol = 0; symbol < literals.length; symbol++) {
            int extra = symbol > END ? LENGTH_EXTRA[symbol - 257] : 0;
            bits += (long) literals[symbol] * (literalCode.lengths()[symbol] + extra);
        }
        for (int symbol = 0; symbol < distances.length; symbol++) {
            bits += (long) distances[symbol] * (distanceCode.lengths()[symbol] + DISTANCE_EXTRA[symbol]);
        }
        return bits;
    }

    private void write(BitOutput out, HuffmanCode literalCode, HuffmanCode distanceCode) throws IOException {
        int[] codes = literalCode.codes();
        int[] lengths = literalCode.lengths();
        for (int i = 0; i < count; i++) {
            int length = symbols[i] >>> 16;
            int value = symbols[i] & 0xffff;
            if (length == 0) {
                out.write(codes[value], lengths[value]);
                continue;
            }
            int symbol = LENGTH_SYMBOL[length];
            out.write(codes[257 + symbol], lengths[257 + symbol]);
            out.write(length - LENGTH_BASE[symbol], LENGTH_EXTRA[symbol]);
            int distance = distanceSymbol(value);
            out.write(distanceCode.codes()[distance], distanceCode.lengths()[distance]);
            out.write(value + 1 - DISTANCE_BASE[distance], DISTANCE_EXTRA[distance]);
        }
        out.write(codes[END], lengths[END]);
    }

    /** What doesn't shrink stays as it is; an empty block is of this form too. */
    private static void store(BitOutput out, byte[] bytes, int start, int length, boolean last) throws IOException {
        int left = length;
        do {
            int part = Math.min(left, MOST_STORED);
            out.write(last && part == left ? 1 : 0, 1);
            out.write(0, 2);
            out.align();
            out.write(part, 16);
            out.write(~part & 0xffff, 16);
            out.write(bytes, start + length - left, part);
            left -= part;
        } while (left > 0);
    }

    /** The lengths of both codes as a block's head has them (section 3.2.7): runs in short, and all in a code of their own. */
    private record CodeLengths(int literals, int distances, int[] symbols, int count, HuffmanCode code) {
        private static final int REPEAT = 16;
        private static final int ZEROS = 17;
        private static final int MANY_ZEROS = 18;

        static CodeLengths of(int[] literalLengths, int[] distanceLengths) {
            int literals = Math.max(257, used(literalLengths));
            int distances = used(distanceLengths);
            int[] all = Arrays.copyOf(literalLengths, literals + distances);
            System.arraycopy(distanceLengths, 0, all, literals, distances);
            int[] symbols = new int[all.length];
            int count = 0;
            for (int i = 0; i < all.length; ) {
                int run = run(all, i);
                int symbol = all[i];
                if (symbol == 0 && run >= 3) {
                    run = Math.min(run, 138);
                    symbols[count++] = run > 10 ? MANY_ZEROS | run - 11 << 8 : ZEROS | run - 3 << 8;
                    i += run;
                } else {
                    symbols[count++] = symbol;
                    i++;
                    for (run--; run >= 3; ) {
                        int repeated = Math.min(run, 6);
                        symbols[count++] = REPEAT | repeated - 3 << 8;
                        i += repeated;
                        run -= repeated;
                    }
                }
            }
            int[] frequencies = new int[19];
            for (int i = 0; i < count; i++) {
                frequencies[symbols[i] & 0xff]++;
            }
            requireTwo(frequencies);
            return new CodeLengths(literals, distances, symbols, count, HuffmanCode.of(frequencies, 7));
        }

        private static int used(int[] lengths) {
            int used = lengths.length;
            while (lengths[used - 1] == 0) {
                used--;
            }
            return used;
        }

        private static int run(int[] all, int start) {
            int end = start + 1;
            while (end < all.length && all[end] == all[start]) {
                end++;
            }
            return end - start;
        }

        private int written() {
            int written = ORDER.length;
            while (written > 4 && code.lengths()[ORDER[written - 1]] == 0) {
                written--;
            }
            return written;
        }

        private static int extra(int symbol) {
            return symbol == REPEAT ? 2 : symbol == ZEROS ? 3 : symbol == MANY_ZEROS ? 7 : 0;
        }

        long bits() {
            long bits = 3 + 5 + 5 + 4 + 3L * written();
            for (int i = 0; i < count; i++) {
                int symbol = symbols[i] & 0xff;
                bits += code.lengths()[symbol] + extra(symbol);
            }
            return bits;
        }

        void writeTo(BitOutput out) throws IOException {
            out.write(literals - 257, 5);
            out.write(distances - 1, 5);
            out.write(written() - 4, 4);
            for (int i = 0; i < written(); i++) {
                out.write(code.lengths()[ORDER[i]], 3);
            }
            for (int i = 0; i < count; i++) {
                int symbol = symbols[i] & 0xff;
                out.write(code.codes()[symbol], code.lengths()[symbol]);
                out.write(symbols[i] >>> 8, extra(symbol));
            }
        }
    }
}
