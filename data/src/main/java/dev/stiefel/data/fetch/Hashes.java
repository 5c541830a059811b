package dev.stiefel.data.fetch;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// SHA-256, which every Java has.
final class Hashes {
    private Hashes() {}

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }

    /// What is wrong with a content of so many bytes and this hash, if anything.
    static Optional<String> problem(DataFile expected, long bytes, MessageDigest digest) {
        if (bytes != expected.bytes()) {
            return Optional.of(lengthProblem(expected, bytes));
        }
        String hash = hex(digest);
        return hash.equals(expected.sha256())
                ? Optional.empty()
                : Optional.of("its SHA-256 must be %s; got %s".formatted(expected.sha256(), hash));
    }

    static String lengthProblem(DataFile expected, long bytes) {
        return "it must have %d bytes; got %d".formatted(expected.bytes(), bytes);
    }
}
