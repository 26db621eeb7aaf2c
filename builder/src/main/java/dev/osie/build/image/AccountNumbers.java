package dev.osie.build.image;

import dev.osie.build.store.Digest;
import java.math.BigInteger;

/**
 * Gives numbers to users and groups that a recipe names without one. The number depends on the name alone, so it is the same in every image,
 * and stays when other accounts come or go. It lies among those that Debian's policy (section 9.2.2) has for accounts of the system.
 */
final class AccountNumbers {
    static final int FIRST = 100;
    static final int LAST = 999;

    private AccountNumbers() {}

    static long of(String name) {
        BigInteger digest = new BigInteger(Digest.ofText("account " + name).hex(), 16);
        return FIRST + digest.mod(BigInteger.valueOf(LAST - FIRST + 1)).intValueExact();
    }
}
