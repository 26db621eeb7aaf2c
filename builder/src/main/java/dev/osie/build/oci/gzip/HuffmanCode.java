package dev.osie.build.oci.gzip;

import java.util.Arrays;

/**
 * A prefix code for an alphabet (RFC 1951, section 3.2.2): frequent symbols are short.
 *
 * @param lengths in bits, 0 for a symbol that doesn't occur
 * @param codes with the bits turned round, as they are written
 */
record HuffmanCode(int[] lengths, int[] codes) {
    /** Makes the code. Symbols that occur must be two at least: a decoder may refuse less. */
    static HuffmanCode of(int[] frequencies, int longest) {
        long[] used = used(frequencies);
        int[] perLength = perLength(used, longest);
        int[] lengths = new int[frequencies.length];
        int next = 0;
        for (int length = longest; length > 0; length--) {
            for (int i = 0; i < perLength[length]; i++) {
                lengths[(int) used[next++]] = length;
            }
        }
        return new HuffmanCode(lengths, codes(lengths, perLength));
    }

    /** The symbols that occur, rare ones first, each with its frequency in the upper half. */
    private static long[] used(int[] frequencies) {
        long[] used = new long[frequencies.length];
        int count = 0;
        for (int symbol = 0; symbol < frequencies.length; symbol++) {
            if (frequencies[symbol] > 0) {
                used[count++] = (long) frequencies[symbol] << 32 | symbol;
            }
        }
        long[] sorted = Arrays.copyOf(used, count);
        Arrays.sort(sorted);
        return sorted;
    }

    /** How many symbols have each length: Huffman's tree, cut off at the longest length that is allowed. */
    private static int[] perLength(long[] used, int longest) {
        int leaves = used.length;
        long[] weights = new long[2 * leaves];
        int[] parents = new int[2 * leaves];
        for (int i = 0; i < leaves; i++) {
            weights[i] = used[i] >>> 32;
        }
        int leaf = 0;
        int inner = leaves;
        int nodes = leaves;
        while (nodes < 2 * leaves - 1) {
            for (int child = 0; child < 2; child++) {
                boolean takeLeaf = leaf < leaves && (inner == nodes || weights[leaf] <= weights[inner]);
                int taken = takeLeaf ? leaf++ : inner++;
                weights[nodes] += weights[taken];
                parents[taken] = nodes;
            }
            nodes++;
        }
        int[] depths = new int[nodes];
        int[] perLength = new int[longest + 1];
        for (int node = nodes - 2; node >= 0; node--) {
            depths[node] = depths[parents[node]] + 1;
            if (node < leaves) {
                perLength[Math.min(depths[node], longest)]++;
            }
        }
        return fitted(perLength, longest);
    }

    /** Where cutting off made too many short codes (Kraft's inequality), lengthens as few as are needed. */
    private static int[] fitted(int[] perLength, int longest) {
        long taken = 0;
        for (int length = 1; length <= longest; length++) {
            taken += (long) perLength[length] << (longest - length);
        }
        for (; taken > 1L << longest; taken--) {
            int length = longest - 1;
            while (perLength[length] == 0) {
                length--;
            }
            perLength[longest]--;
            perLength[length]--;
            perLength[length + 1] += 2;
        }
        return perLength;
    }

    private static int[] codes(int[] lengths, int[] perLength) {
        int[] next = new int[perLength.length];
        for (int length = 1, code = 0; length < perLength.length; length++) {
            code = code + perLength[length - 1] << 1;
            next[length] = code;
        }
        int[] codes = new int[lengths.length];
        for (int symbol = 0; symbol < lengths.length; symbol++) {
            int length = lengths[symbol];
            if (length > 0) {
                codes[symbol] = Integer.reverse(next[length]++) >>> 32 - length;
            }
        }
        return codes;
    }
}
