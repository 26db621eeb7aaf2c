package dev.osie.build.debian;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.bc.BcPGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * OpenPGP keys that are trusted to sign suites. The keys come with this program, so what binds their parts together needs no check; it
 * does check that a key has neither expired nor been revoked.
 */
public final class Keyring {
    private static final String DEBIAN = "debian-archive-keyring.pgp";
    private static final Set<Integer> HASHES =
            Set.of(HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);

    private final PGPPublicKeyRingCollection rings;
    private final Clock clock;

    private Keyring(PGPPublicKeyRingCollection rings, Clock clock) {
        this.rings = rings;
        this.clock = clock;
    }

    /** The keys of Debian's archives. */
    public static Keyring debian(Clock clock) {
        try (InputStream in = Keyring.class.getResourceAsStream(DEBIAN)) {
            return read(in, clock);
        } catch (IOException e) {
            throw new IllegalStateException("the keyring that comes with this program cannot be read", e);
        }
    }

    /** Reads a keyring in its binary form. */
    public static Keyring read(InputStream in, Clock clock) throws IOException {
        try {
            return new Keyring(new BcPGPPublicKeyRingCollection(in), clock);
        } catch (PGPException e) {
            throw new IOException(e);
        }
    }

    /**
     * Verifies a clear-signed text. At least one signature must be good and of a key of this ring; keys that are not in the ring don't
     * count; a signature of a key in the ring that is wrong makes the whole wrong.
     *
     * @return the names of the keys that signed it
     * @throws IOException when it is not signed so; the message says why
     */
    List<String> verify(ClearSigned message) throws IOException {
        List<String> signers = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (PGPSignature signature : signatures(message)) {
            String id = String.format(Locale.ROOT, "%016X", signature.getKeyID());
            PGPPublicKeyRing ring = rings.getPublicKeyRing(signature.getKeyID());
            if (ring == null) {
                refused.add("key " + id + " is not in the keyring");
                continue;
            }
            String name = name(ring);
            PGPPublicKey key = ring.getPublicKey(signature.getKeyID());
            String reason = whyNot(signature, ring.getPublicKey(), key);
            if (!reason.isEmpty()) {
                refused.add(name + " " + reason);
            } else if (isGood(signature, key, message.signed())) {
                signers.add(name);
            } else {
                throw new IOException(
                        "its text was altered: the signature of " + name + " (" + id + ") does not fit it");
            }
        }
        if (signers.isEmpty()) {
            throw new IOException("no key that is trusted has signed it: "
                    + (refused.isEmpty() ? "there is no signature" : String.join("; ", refused)));
        }
        return signers;
    }

    private static List<PGPSignature> signatures(ClearSigned message) throws IOException {
        try (InputStream in = new ArmoredInputStream(new ByteArrayInputStream(message.signature()))) {
            List<PGPSignature> signatures = new ArrayList<>();
            BcPGPObjectFactory packets = new BcPGPObjectFactory(in);
            for (Object packet = packets.nextObject(); packet != null; packet = packets.nextObject()) {
                if (!(packet instanceof PGPSignatureList list)) {
                    throw new IOException("its signature holds something else");
                }
                list.forEach(signatures::add);
            }
            return signatures;
        } catch (RuntimeException e) {
            // The parser fails so on some damaged packets.
            throw new IOException("its signature is damaged: " + e.getMessage(), e);
        }
    }

    /** Why a signature does not count, whether it is good or not; empty when it does. */
    private String whyNot(PGPSignature signature, PGPPublicKey primary, PGPPublicKey key) {
        if (signature.getSignatureType() != PGPSignature.CANONICAL_TEXT_DOCUMENT) {
            return "signed something other than a text";
        }
        if (!HASHES.contains(signature.getHashAlgorithm())) {
            return "signed with a digest that is too weak";
        }
        if (primary.hasRevocation() || key.hasRevocation()) {
            return "was revoked";
        }
        if (isOver(primary.getCreationTime().toInstant(), primary.getValidSeconds())
                || isOver(key.getCreationTime().toInstant(), key.getValidSeconds())) {
            return "has expired";
        }
        long lifetime = signature.getHashedSubPackets().getSignatureExpirationTime();
        return isOver(signature.getCreationTime().toInstant(), lifetime) ? "made a signature that has expired" : "";
    }

    /** Zero seconds mean that it never ends. */
    private boolean isOver(Instant start, long seconds) {
        return seconds > 0 && start.plusSeconds(seconds).isBefore(clock.instant());
    }

    private static boolean isGood(PGPSignature signature, PGPPublicKey key, byte[] signed) throws IOException {
        try {
            signature.init(new BcPGPContentVerifierBuilderProvider(), key);
            signature.update(signed);
            return signature.verify();
        } catch (PGPException e) {
            throw new IOException("its signature cannot be verified: " + e.getMessage(), e);
        }
    }

    /** The first user of the key, without the address. */
    private static String name(PGPPublicKeyRing ring) {
        Iterator<String> users = ring.getPublicKey().getUserIDs();
        return users.hasNext()
                ? users.next().replaceFirst("\\s*<[^>]*>$", "")
                : String.format(Locale.ROOT, "%016X", ring.getPublicKey().getKeyID());
    }
}
