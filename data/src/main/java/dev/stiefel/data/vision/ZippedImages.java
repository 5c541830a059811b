package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.FetchListener;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.data.fetch.FileStore;
import dev.stiefel.data.fetch.FolderSource;
import dev.stiefel.data.fetch.Source;
import dev.stiefel.io.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A data set whose only published file is a zip archive of image files: in a user's folder, unpacked or not, or in the
/// cache.
///
/// @param info whose only file is the archive
/// @param sources of the archive
/// @param places folders of the user's that may hold the archive, or what was unpacked from it
/// @param store the cache
record ZippedImages(DataSetInfo info, List<Source> sources, List<Path> places, FileStore store) {
    /// Reads it: from a folder of the user's with what was unpacked, else from the user's archive, both where they lie;
    /// else from the archive in the cache, which is fetched first where needed.
    VisionData load(FetchListener listener) throws IOException {
        Optional<Path> unpacked = unpacked();
        Optional<Path> archive = archive();
        if (unpacked.isPresent()) {
            return readFolder(unpacked.get());
        }
        if (archive.isPresent()) {
            VisionData data = readZip(archive.get());
            return Sha256.of(archive.get()).equals(file().sha256())
                    ? data
                    : data.withRemark("data set '%s': not the published file by its SHA-256: %s"
                            .formatted(info.name(), archive.get()));
        }
        return store.load(sources(), listener, () -> readZip(store.verified(file())));
    }

    /// Makes sure that the archive is in the cache.
    void fetch(FetchListener listener) throws IOException {
        List<Source> all = new ArrayList<>();
        archiveFolder().ifPresent(place -> all.add(new FolderSource(place)));
        all.addAll(sources());
        store.fetch(all, listener);
    }

    /// Checks the user's folders: nothing, or one file or folder.
    List<FileCheck> checkGiven() throws IOException {
        Optional<Path> found = unpacked().or(this::archive);
        if (found.isEmpty()) {
            return List.of();
        }
        Path path = found.get();
        if (Files.isRegularFile(path) && Sha256.of(path).equals(file().sha256())) {
            return List.of(new FileCheck.Whole(file(), path.toString()));
        }
        try {
            VisionData data = Files.isRegularFile(path) ? readZip(path) : readFolder(path);
            return List.of(new FileCheck.Unofficial(
                    file(), path.toString(), data.files().getFirst().sha256()));
        } catch (IOException e) {
            return List.of(new FileCheck.Damaged(file(), path.toString(), String.valueOf(e.getMessage())));
        }
    }

    private DataFile file() {
        return info.files().getFirst();
    }

    private Optional<Path> unpacked() {
        return places.stream()
                .filter(place -> Files.isRegularFile(place.resolve(TinyImageNet.ANNOTATIONS)))
                .findFirst();
    }

    private Optional<Path> archive() {
        return archiveFolder().map(place -> place.resolve(file().name()));
    }

    private Optional<Path> archiveFolder() {
        return places.stream()
                .filter(place -> Files.isRegularFile(place.resolve(file().name())))
                .findFirst();
    }

    private VisionData readFolder(Path folder) throws IOException {
        try (FileTree tree = FileTree.ofFolder(folder)) {
            return TinyImageNet.read(info, tree);
        }
    }

    private VisionData readZip(Path archive) throws IOException {
        try (FileTree tree = FileTree.ofZip(archive)) {
            return TinyImageNet.read(info, tree);
        }
    }
}
