package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.DataFolders;
import dev.stiefel.data.fetch.FetchListener;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.data.fetch.FileStore;
import dev.stiefel.data.fetch.FolderArchive;
import dev.stiefel.data.fetch.FolderSource;
import dev.stiefel.data.fetch.Source;
import dev.stiefel.train.ByteSamples;
import dev.stiefel.train.SampleTargets;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The image data sets known by name, and the cache folder that holds them.
///
///     VisionData mnist = DataSets.in(CacheFolder.standard()).load("mnist");
///
/// A data set is fetched once, at its first use, even if several processes ask at the same time; afterwards it is
/// read from the cache and verified while it is read. The cache holds published files only; others of the same
/// form, of a data set that allows them, are read from the user's folder. Immutable.
public final class DataSets {
    private final List<CatalogueEntry> catalogue;
    private final DataFolders folders;
    private final Optional<Path> moved;

    DataSets(List<CatalogueEntry> catalogue, DataFolders folders) {
        this(catalogue, folders, Optional.empty());
    }

    private DataSets(List<CatalogueEntry> catalogue, DataFolders folders, Optional<Path> moved) {
        this.catalogue = catalogue;
        this.folders = folders;
        this.moved = moved;
    }

    /// Kept in `cache`, which need not exist: `CacheFolder.standard()` for the user's.
    public static DataSets in(Path cache) {
        return new DataSets(Catalogue.ALL, DataFolders.in(cache));
    }

    /// The same, but what is not in the cache is first looked for in a folder of the user's, and in its subfolder
    /// of the data set's name. Unpacked files of CIFAR-10 and CIFAR-100 are read in place and take precedence
    /// over the cache; their images may be in another order than the published ones.
    public DataSets withFolder(Path userFolder) {
        return new DataSets(catalogue, folders.withFolder(userFolder), moved);
    }

    /// A copy with this listener of the fetching.
    public DataSets withListener(FetchListener newListener) {
        return new DataSets(catalogue, folders.withListener(newListener), moved);
    }

    /// The same where a user's own data, which a run was trained on, lies elsewhere now.
    ///
    /// @param place the file or folder itself, or the folder that holds it and the files that belong to it
    public DataSets withMovedData(Path place) {
        return new DataSets(catalogue, folders, Optional.of(place));
    }

    /// The new location of a user's own data that was moved.
    public Optional<Path> movedData() {
        return moved;
    }

    /// The folders that hold files or are searched for them.
    public DataFolders folders() {
        return folders;
    }

    /// The listener of fetching.
    public FetchListener listener() {
        return folders.listener();
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
            case CatalogueEntry.Fetched fetched -> store(fetched.info()).fetch(sources(fetched), listener());
            case CatalogueEntry.Archived archived -> store(archived.info()).fetch(sources(archived), listener());
            case CatalogueEntry.Zipped zipped -> images(zipped).fetch(listener());
            case CatalogueEntry.Embedded _ -> {}
        }
    }

    /// Reads each cached file of a data set and says whether it is whole, missing or damaged. Fetches nothing.
    public List<FileCheck> check(String name) throws IOException {
        return switch (entry(name)) {
            case CatalogueEntry.Fetched fetched -> store(fetched.info()).check();
            case CatalogueEntry.Archived archived -> store(archived.info()).check();
            case CatalogueEntry.Zipped zipped -> store(zipped.info()).check();
            case CatalogueEntry.Embedded(var info) -> EmbeddedFiles.check(info.files());
        };
    }

    /// Reads each file of a data set in the folder of the user's, and says the same. Empty if none of them lies there,
    /// or if no folder was named.
    public List<FileCheck> checkGiven(String name) throws IOException {
        CatalogueEntry entry = entry(name);
        if (entry instanceof CatalogueEntry.Zipped zipped) {
            return images(zipped).checkGiven();
        }
        Optional<UserFolder> given = given(entry);
        List<FileCheck> checks = new ArrayList<>();
        if (given.isPresent()) {
            for (DataFile file : entry.info().files()) {
                checks.add(check(entry, file, given.get()));
            }
        }
        return checks;
    }

    private static FileCheck check(CatalogueEntry entry, DataFile file, UserFolder given) throws IOException {
        Optional<Path> path = given.find(file);
        if (path.isEmpty()) {
            return new FileCheck.Missing(file, given.path().resolve(file.name()).toString());
        }
        String place = path.get().toString();
        byte[] content = UserFolder.read(file, path.get());
        DataFile found = DataFile.describing(file.name(), content);
        if (found.equals(file)) {
            return new FileCheck.Whole(file, place);
        }
        if (!(entry instanceof CatalogueEntry.Archived archived)) {
            return new FileCheck.Damaged(file, place, file.problem(content).orElseThrow());
        }
        return LabelledImages.problem(archived.info(), archived.labels(), file, content)
                .<FileCheck>map(problem -> new FileCheck.Damaged(file, place, problem))
                .orElseGet(() -> new FileCheck.Unofficial(file, place, found.sha256()));
    }

    /// Reads a data set, fetching it first where needed.
    ///
    /// @throws IOException if it cannot be had or read; the message says what to do
    public VisionData load(String name) throws IOException {
        return switch (entry(name)) {
            case CatalogueEntry.Fetched fetched -> load(fetched);
            case CatalogueEntry.Archived archived -> load(archived);
            case CatalogueEntry.Zipped zipped -> images(zipped).load(listener());
            case CatalogueEntry.Embedded(var info) -> loadEmbedded(info);
        };
    }

    private VisionData load(CatalogueEntry.Fetched fetched) throws IOException {
        FileStore store = store(fetched.info());
        return store.load(sources(fetched), listener(), () -> read(fetched.info(), store));
    }

    private VisionData load(CatalogueEntry.Archived archived) throws IOException {
        Optional<UserFolder> given = given(archived);
        if (given.isPresent()) {
            return readGiven(archived, given.get());
        }
        FileStore store = store(archived.info());
        return store.load(sources(archived), listener(), () -> readRecords(archived, store));
    }

    private static VisionData readRecords(CatalogueEntry.Archived archived, FileStore store) throws IOException {
        DataSetInfo info = archived.info();
        LabelledImages train = new LabelledImages(info, archived.labels(), info.trainSize());
        LabelledImages test = new LabelledImages(info, archived.labels(), info.testSize());
        for (DataFile file : info.files()) {
            LabelledImages images = file.equals(info.files().getLast()) ? test : train;
            images.add(
                    file, store.read(file), store.folder().resolve(file.name()).toString());
        }
        return new VisionData(info, train.samples(), test.samples());
    }

    private static VisionData readGiven(CatalogueEntry.Archived archived, UserFolder given) throws IOException {
        DataSetInfo info = archived.info();
        LabelledImages train = new LabelledImages(info, archived.labels(), info.trainSize());
        LabelledImages test = new LabelledImages(info, archived.labels(), info.testSize());
        List<DataFile> read = new ArrayList<>();
        for (DataFile file : info.files()) {
            Path place = given.find(file)
                    .orElseThrow(() -> new IOException("data set '%s': %s has no %s (nor with .gz)"
                            .formatted(info.name(), given.path(), file.name())));
            byte[] content = UserFolder.read(file, place);
            LabelledImages images = file.equals(info.files().getLast()) ? test : train;
            images.add(file, content, place.toString());
            read.add(DataFile.describing(file.name(), content));
        }
        return new VisionData(info, train.samples(), test.samples(), read, remarks(info, given, read));
    }

    private static List<String> remarks(DataSetInfo info, UserFolder given, List<DataFile> read) {
        List<String> others = read.stream()
                .filter(file -> !info.files().contains(file))
                .map(DataFile::name)
                .toList();
        return others.isEmpty()
                ? List.of()
                : List.of(("data set '%s': not the published files by their SHA-256, so in another order, or other"
                                + " images: %s in %s")
                        .formatted(info.name(), String.join(", ", others), given.path()));
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
        SampleTargets targets = SampleTargets.classes(labels.toInts(), info.classes());
        ByteSamples.Builder inputs = ByteSamples.builder(size, info.inputWidth(), info.brightest());
        images.addTo(inputs);
        return inputs.build(targets);
    }

    private static void requireShape(DataSetInfo info, Idx array, List<Integer> shape) throws IOException {
        if (!array.shape().equals(shape)) {
            throw new IOException(
                    "data set '%s': a file must have shape %s; got %s".formatted(info.name(), shape, array.shape()));
        }
    }

    private ZippedImages images(CatalogueEntry.Zipped zipped) {
        return new ZippedImages(zipped.info(), zipped.sources(), places(zipped), store(zipped.info()));
    }

    private FileStore store(DataSetInfo info) {
        return folders.store(info.name(), info.files());
    }

    /// The user's files of a data set, if they exist.
    private Optional<UserFolder> given(CatalogueEntry entry) {
        return UserFolder.find(places(entry), entry.info().files());
    }

    /// The possible paths in the user's folder.
    private List<Path> places(CatalogueEntry entry) {
        Optional<String> unpacked = switch (entry) {
            case CatalogueEntry.Archived archived ->
                Optional.of(archived.archive().folder());
            case CatalogueEntry.Zipped zipped -> Optional.of(zipped.folder());
            case CatalogueEntry.Fetched _, CatalogueEntry.Embedded _ -> Optional.empty();
        };
        return folders.places(entry.info().name(), unpacked);
    }

    private List<Source> sources(CatalogueEntry.Archived archived) {
        List<Source> sources = new ArrayList<>();
        given(archived).ifPresent(given -> sources.add(new FolderSource(given.path())));
        places(archived).stream()
                .filter(place -> Files.exists(place.resolve(archived.archive().name())))
                .forEach(place -> sources.add(new FolderArchive(place, archived.archive())));
        if (sources.isEmpty()) { // so that the message names the missing files
            folders.folder().ifPresent(given -> sources.add(new FolderArchive(given, archived.archive())));
        }
        sources.addAll(archived.sources());
        return sources;
    }

    private List<Source> sources(CatalogueEntry.Fetched fetched) {
        return folders.sources(fetched.info().name(), fetched.sources());
    }

    private CatalogueEntry entry(String name) {
        return catalogue.stream()
                .filter(entry -> entry.info().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("data set '%s' is not known; there are %s"
                        .formatted(name, list().stream().map(DataSetInfo::name).collect(Collectors.joining(", ")))));
    }
}
