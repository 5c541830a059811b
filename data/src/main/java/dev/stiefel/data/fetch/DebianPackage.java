package dev.stiefel.data.fetch;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A Debian package: what it installed if it is installed; else what `apt-get download` brings, read without
/// installing it. Needs no root.
public final class DebianPackage implements Source {
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final String packageName;
    private final Path installed;

    /// The package and the absolute folder in which it installs the files.
    public DebianPackage(String packageName, Path installed) {
        this.packageName = packageName;
        this.installed = installed;
    }

    @Override
    public String name() {
        return "Debian package " + packageName;
    }

    @Override
    public void fetch(List<DataFile> files, CacheWriter writer) throws IOException {
        if (Files.isDirectory(installed)) {
            new FolderSource(installed).fetch(files, writer);
        } else {
            download(files, writer);
        }
    }

    private void download(List<DataFile> files, CacheWriter writer) throws IOException {
        try (WorkFolder work = writer.newWorkFolder()) {
            ExternalCommand.run(
                    work.path(), LIMIT, List.of("apt-get", "download", packageName, "-o", "Acquire::Retries=0"));
            Path tar = ExternalCommand.run(
                    work.path(),
                    LIMIT,
                    List.of("dpkg-deb", "--fsys-tarfile", archive(work.path()).toString()));
            try (InputStream in = new BufferedInputStream(Files.newInputStream(tar), 1 << 16)) {
                new TarReader(in).hand(installed.toString().substring(1), files, writer);
            }
        }
    }

    private static Path archive(Path folder) throws IOException {
        try (DirectoryStream<Path> archives = Files.newDirectoryStream(folder, "*.deb")) {
            for (Path archive : archives) {
                return archive;
            }
        }
        throw new IOException("'apt-get download' left no .deb file");
    }
}
