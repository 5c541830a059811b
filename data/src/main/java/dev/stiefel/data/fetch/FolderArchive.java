package dev.stiefel.data.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A folder that holds the archive with all files.
public final class FolderArchive implements Source {
    private final Path folder;
    private final TarGz archive;

    /// The archive that lies directly in `folder`.
    public FolderArchive(Path folder, TarGz archive) {
        this.folder = folder;
        this.archive = archive;
    }

    @Override
    public String name() {
        return "folder " + folder;
    }

    @Override
    public void fetch(List<DataFile> files, CacheWriter writer) throws IOException {
        Path path = folder.resolve(archive.name());
        if (!Files.isRegularFile(path)) {
            throw new IOException("it has no " + archive.name());
        }
        archive.unpack(path, files, writer);
    }
}
