package dev.stiefel.data.fetch;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Folders that hold files of data sets, or are searched for them.
///
/// @param cache the cache folder, which need not exist
/// @param folder a folder of the user's, if one was named: what is not in the cache is first looked for there,
///     and in its subfolder of the data set's name
/// @param listener listener of the fetching
public record DataFolders(Path cache, Optional<Path> folder, FetchListener listener) {
    /// A cache alone.
    public static DataFolders in(Path cache) {
        return new DataFolders(cache, Optional.empty(), FetchListener.NONE);
    }

    /// The same with a folder of the user's.
    public DataFolders withFolder(Path userFolder) {
        return new DataFolders(cache, Optional.of(userFolder), listener);
    }

    /// The same with another listener.
    public DataFolders withListener(FetchListener newListener) {
        return new DataFolders(cache, folder, newListener);
    }

    /// The files of a data set in the cache.
    public FileStore store(String dataSet, List<DataFile> files) {
        return new FileStore(cache, dataSet, files);
    }

    /// The sources of a data set's files: the user's folder, or its subfolder of the data set's name if there
    /// is one; then others.
    public List<Source> sources(String dataSet, List<Source> others) {
        List<Source> sources = new ArrayList<>();
        folder.ifPresent(given -> {
            Path own = given.resolve(dataSet);
            sources.add(new FolderSource(Files.isDirectory(own) ? own : given));
        });
        sources.addAll(others);
        return sources;
    }

    /// Paths in the user's folder at which files of a data set may lie as they are; they need not exist.
    ///
    /// @param unpacked the folder that unpacking its archive makes, if it has one
    public List<Path> places(String dataSet, Optional<String> unpacked) {
        List<Path> places = new ArrayList<>();
        folder.ifPresent(given -> {
            for (Path place : List.of(given.resolve(dataSet), given)) {
                places.add(place);
                unpacked.ifPresent(name -> places.add(place.resolve(name)));
            }
        });
        return places;
    }
}
