package dev.osie.build.debian;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/** A key that signs test archives, made anew for each test. */
public final class TestKey {
    private static final Instant MADE = Instant.parse("2025-01-01T00:00:00Z");

    private final PGPKeyPair pair;
    private final PGPPublicKey certified;

    private TestKey(PGPKeyPair pair, PGPPublicKey certified) {
        this.pair = pair;
        this.certified = certified;
    }

    /** A key that never expires. */
    public static TestKey generate(String user) {
        return generate(user, Duration.ZERO);
    }

    /** A key that expires so long after the beginning of 2025; never when that is zero. */
    static TestKey generate(String user, Duration lifetime) {
        try {
            Ed25519KeyPairGenerator generator = new Ed25519KeyPairGenerator();
            generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
            PGPKeyPair pair = new BcPGPKeyPair(
                    PublicKeyPacket.VERSION_4,
                    PublicKeyAlgorithmTags.EDDSA_LEGACY,
                    generator.generateKeyPair(),
                    Date.from(MADE));
            PGPSignatureSubpacketGenerator about = new PGPSignatureSubpacketGenerator();
            about.setKeyExpirationTime(true, lifetime.toSeconds());
            PGPSignatureGenerator certifier = signer(pair, PGPSignature.POSITIVE_CERTIFICATION);
            certifier.setHashedSubpackets(about.generate());
            PGPSignature certification = certifier.generateCertification(user, pair.getPublicKey());
            return new TestKey(pair, PGPPublicKey.addCertification(pair.getPublicKey(), user, certification));
        } catch (PGPException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A keyring with this key alone. */
    public Keyring keyring(Clock clock) {
        try {
            return Keyring.read(new ByteArrayInputStream(publicKey()), clock);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The key as a keyring file has it. */
    public byte[] publicKey() {
        try {
            return certified.getEncoded();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same key after its owner revoked it. */
    TestKey revoked() {
        try {
            PGPSignature revocation = signer(pair, PGPSignature.KEY_REVOCATION).generateCertification(certified);
            return new TestKey(pair, PGPPublicKey.addCertification(certified, revocation));
        } catch (PGPException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The text with this key's signature around it. */
    public byte[] clearSign(String text) {
        return clearSign(text, HashAlgorithmTags.SHA256);
    }

    byte[] clearSign(String text, int hash) {
        try {
            PGPSignatureGenerator signer = new PGPSignatureGenerator(
                    new BcPGPContentSignerBuilder(pair.getPublicKey().getAlgorithm(), hash), pair.getPublicKey());
            signer.init(PGPSignature.CANONICAL_TEXT_DOCUMENT, pair.getPrivateKey());
            signer.update(text.stripTrailing().replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
            ByteArrayOutputStream signed = new ByteArrayOutputStream();
            signed.writeBytes("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n".getBytes(StandardCharsets.UTF_8));
            signed.writeBytes(
                    (text.stripTrailing().replaceAll("(?m)^-", "- -") + "\n").getBytes(StandardCharsets.UTF_8));
            try (ArmoredOutputStream armor = new ArmoredOutputStream(signed)) {
                signer.generate().encode(armor);
            }
            return signed.toByteArray();
        } catch (PGPException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static PGPSignatureGenerator signer(PGPKeyPair pair, int type) throws PGPException {
        PGPSignatureGenerator signer = new PGPSignatureGenerator(
                new BcPGPContentSignerBuilder(pair.getPublicKey().getAlgorithm(), HashAlgorithmTags.SHA256),
                pair.getPublicKey());
        signer.init(type, pair.getPrivateKey());
        return signer;
    }
}
