package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.FetchListener;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.data.fetch.FileStore;
import dev.stiefel.data.fetch.FolderSource;
import dev.stiefel.data.fetch.Source;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The image data sets known by name, and the cache folder that they are kept in.
///
///     VisionData mnist = DataSets.in(CacheFolder.standard()).load("mnist");
///
/// A data set is fetched when it is first asked for, whatever the number of processes that
/// ask at the same time;
/// from then on it is read from the cache and verified while it is read. Immutable.
public final class DataSets {
    private final List<CatalogueEntry> catalogue;
    private final Path cache;
    private final Optional<Path> folder;
    private final FetchListener listener;

    DataSets(List<CatalogueEntry> catalogue, Path cache, Optional<Path> folder, FetchListener listener) {
        this.catalogue = catalogue;
        this.cache = cache;
        this.folder = folder;
        this.listener = listener;
    }

    /// Kept in `cache`, which need not exist: `CacheFolder.standard()` for the user's.
    public static DataSets in(Path cache) {
        return new DataSets(Catalogue.ALL, cache, Optional.empty(), FetchListener.NONE);
    }

    /// The same, but what is not in the cache is first looked for in a folder of the user's,
    /// and in its subfolder of
    /// the data set's name.
    public DataSets withFolder(Path userFolder) {
        return new DataSets(catalogue, cache, Optional.of(userFolder), listener);
    }

    /// The same, with someone who is told how fetching goes.
    public DataSets withListener(FetchListener newListener) {
        return new DataSets(catalogue, cache, folder, newListener);
    }

    /// All data sets, by name.
    public List<DataSetInfo> list() {
        return catalogue.stream().map(CatalogueEntry::info).toList();
    }

    /// One data set.
    public DataSetInfo info(String name) {
        return entry(name).info();
    }

    /// Makes sure that a data set is in the cache and whole; asks for nothing that is.
    public void fetch(String name) throws IOException {
        switch (entry(name)) {
            case CatalogueEntry.Fetched fetched -> store(fetched).fetch(sources(fetched), listener);
            case CatalogueEntry.Embedded _ -> {}
        }
    }

    /// Reads each cached file of a data set and says whether it is whole, missing or damaged.
    /// Fetches nothing.
    public List<FileCheck> check(String name) throws IOException {
        return switch (entry(name)) {
            case CatalogueEntry.Fetched fetched -> store(fetched).check();
            case CatalogueEntry.Embedded(var info) -> EmbeddedFiles.check(info.files());
        };
    }

    /// Reads a data set, fetching it first where needed.
    ///
    /// @throws IOException if it cannot be had or read; the message says what to do
    public VisionData load(String name) throws IOException {
        return switch (entry(name)) {
            case CatalogueEntry.Fetched fetched -> load(fetched);
            case CatalogueEntry.Embedded(var info) -> loadEmbedded(info);
        };
    }

    private VisionData load(CatalogueEntry.Fetched fetched) throws IOException {
        FileStore store = store(fetched);
        if (!store.looksWhole()) {
            store.fetch(sources(fetched), listener);
        }
        try {
            return read(fetched.info(), store);
        } catch (IOException damaged) {
            store.fetch(sources(fetched), listener);
            return read(fetched.info(), store);
        }
    }

    private static VisionData read(DataSetInfo info, FileStore store) throws IOException {
        List<DataFile> files = info.files();
        Samples train = samples(info, info.trainSize(), idx(store, files.get(0)), idx(store, files.get(1)));
        Samples test = samples(info, info.testSize(), idx(store, files.get(2)), idx(store, files.get(3)));
        return new VisionData(info, train, test);
    }

    private static Idx idx(FileStore store, DataFile file) throws IOException {
        return Idx.parse(store.read(file), store.folder().resolve(file.name()).toString());
    }

    private static VisionData loadEmbedded(DataSetInfo info) throws IOException {
        Idx images = EmbeddedFiles.read(info.files().get(0));
        Idx labels = EmbeddedFiles.read(info.files().get(1));
        Samples all = samples(info, info.trainSize() + info.testSize(), images, labels);
        return new VisionData(info, all.range(0, info.trainSize()), all.range(info.trainSize(), all.size()));
    }

    private static Samples samples(DataSetInfo info, int size, Idx images, Idx labels) throws IOException {
        requireShape(info, images, List.of(size, info.height(), info.width()));
        requireShape(info, labels, List.of(size));
        return Samples.classified(images.scaled(info.brightest()), info.inputWidth(), labels.toInts(), info.classes());
    }

    private static void requireShape(DataSetInfo info, Idx array, List<Integer> shape) throws IOException {
        if (!array.shape().equals(shape)) {
            throw new IOException(
                    "data set '%s': a file must have shape %s; got %s".formatted(info.name(), shape, array.shape()));
        }
    }

    private FileStore store(CatalogueEntry.Fetched fetched) {
        return new FileStore(cache, fetched.info().name(), fetched.info().files());
    }

    private List<Source> sources(CatalogueEntry.Fetched fetched) {
        List<Source> sources = new ArrayList<>();
        folder.ifPresent(given -> {
            Path own = given.resolve(fetched.info().name());
            sources.add(new FolderSource(Files.isDirectory(own) ? own : given));
        });
        sources.addAll(fetched.sources());
        return sources;
    }

    private CatalogueEntry entry(String name) {
        return catalogue.stream()
                .filter(entry -> entry.info().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("data set '%s' is not known; there are %s"
                        .formatted(name, list().stream().map(DataSetInfo::name).collect(Collectors.joining(", ")))));
    }
}
