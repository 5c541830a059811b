package dev.stiefel.data.fetch;

import dev.stiefel.io.Sha256;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Pattern;

/// One file of a data set, as it lies in the cache: uncompressed, unless it is known by the SHA-256 of the whole
/// archive alone and called `….gz`.
///
/// @param name its name, without a folder
/// @param bytes its length
/// @param sha256 the SHA-256 of its content, 64 lower-case hexadecimal digits
public record DataFile(String name, long bytes, String sha256) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    /// Checks that the name is one and the hash is one.
    public DataFile {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("data file: the name must be a plain file name; got '" + name + "'");
        }
        if (!HASH.matcher(sha256).matches()) {
            throw new IllegalArgumentException(
                    "data file '%s': a SHA-256 has 64 lower-case hexadecimal digits; got '%s'".formatted(name, sha256));
        }
    }

    /// Returns whether it is a gzip file that is kept as it is.
    boolean isPacked() {
        return name.endsWith(".gz");
    }

    /// The description of a file with this content.
    public static DataFile describing(String name, byte[] content) {
        MessageDigest digest = Sha256.digest();
        digest.update(content);
        return new DataFile(name, content.length, Sha256.hex(digest));
    }

    /// Does nothing if `content` is this file's.
    ///
    /// @throws IOException if it is not, saying which file, lying in `place`, should have had
    ///     which content
    public void requireWhole(byte[] content, String place) throws IOException {
        Optional<String> problem = problem(content);
        if (problem.isPresent()) {
            throw new IOException("cannot read %s: %s; the file is damaged".formatted(place, problem.get()));
        }
    }

    /// The problem with a content, if there is one.
    public Optional<String> problem(byte[] content) {
        MessageDigest digest = Sha256.digest();
        digest.update(content);
        return problem(content.length, digest);
    }

    /// The problem with a content of so many bytes and this hash, if there is one.
    Optional<String> problem(long length, MessageDigest digest) {
        if (length != bytes) {
            return Optional.of(lengthProblem(length));
        }
        String hash = Sha256.hex(digest);
        return hash.equals(sha256)
                ? Optional.empty()
                : Optional.of("its SHA-256 must be %s; got %s".formatted(sha256, hash));
    }

    String lengthProblem(long length) {
        return "it must have %s bytes; got %s".formatted(bytes, length);
    }
}
