package dev.stiefel.data.language;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.DataFolders;
import dev.stiefel.data.fetch.FetchListener;
import dev.stiefel.data.fetch.FileCheck;
import dev.stiefel.data.fetch.FileStore;
import dev.stiefel.data.fetch.Source;
import dev.stiefel.data.text.ParallelText;
import dev.stiefel.data.vision.DataSets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The text data sets known by name, and the cache folder that holds them.
///
///     TextData shakespeare = TextDataSets.in(CacheFolder.standard()).load("shakespeare");
///
/// A data set is fetched when it is first asked for, and read from the cache and verified from then on. Immutable.
public final class TextDataSets {
    private final List<TextCatalogueEntry> catalogue;
    private final DataFolders folders;

    TextDataSets(List<TextCatalogueEntry> catalogue, DataFolders folders) {
        this.catalogue = catalogue;
        this.folders = folders;
    }

    /// Kept in `cache`, which need not exist: `CacheFolder.standard()` for the user's.
    public static TextDataSets in(Path cache) {
        return new TextDataSets(TextCatalogue.ALL, DataFolders.in(cache));
    }

    /// Kept in the same cache as image data sets, with the same folder of the user's and the same listener.
    public static TextDataSets beside(DataSets images) {
        return new TextDataSets(TextCatalogue.ALL, images.folders());
    }

    /// The same, but what is not in the cache is first looked for in a folder of the user's, and in its subfolder
    /// of the data set's name. Unpacked files of sentences are read in place and take precedence over the cache;
    /// their SHA-256 is not known.
    public TextDataSets withFolder(Path userFolder) {
        return new TextDataSets(catalogue, folders.withFolder(userFolder));
    }

    /// A copy with this listener of the fetching.
    public TextDataSets withListener(FetchListener newListener) {
        return new TextDataSets(catalogue, folders.withListener(newListener));
    }

    /// All data sets, by name.
    public List<TextDataInfo> list() {
        return catalogue.stream().map(TextCatalogueEntry::info).toList();
    }

    /// Returns whether there is a data set of this name.
    public boolean has(String name) {
        return catalogue.stream().anyMatch(entry -> entry.info().name().equals(name));
    }

    /// One data set.
    public TextDataInfo info(String name) {
        return entry(name).info();
    }

    /// Makes sure that a data set is in the cache and whole; asks for nothing that is.
    public void fetch(String name) throws IOException {
        switch (entry(name)) {
            case TextCatalogueEntry.OneText text -> fetch(text.info(), text.sources());
            case TextCatalogueEntry.Archived archived -> fetch(archived.info(), archived.sources());
            case TextCatalogueEntry.Numbers _ -> {}
        }
    }

    private void fetch(TextDataInfo info, List<Source> others) throws IOException {
        store(info).fetch(folders.sources(info.name(), others), folders.listener());
    }

    /// Reads each cached file of a data set and says whether it is whole, missing or damaged. Fetches nothing.
    public List<FileCheck> check(String name) throws IOException {
        TextDataInfo info = entry(name).info();
        return info.files().isEmpty() ? List.of() : store(info).check();
    }

    /// Reads a data set, fetching it first where needed.
    ///
    /// @throws IOException if it cannot be had or read; the message says what to do
    public TextData load(String name) throws IOException {
        return switch (entry(name)) {
            case TextCatalogueEntry.OneText text -> load(text);
            case TextCatalogueEntry.Archived archived -> {
                Optional<String> unpacked =
                        Optional.of(archived.files().archive().folder());
                Optional<Path> given =
                        archived.files().find(folders.places(archived.info().name(), unpacked));
                yield given.isPresent() ? loadGiven(archived, given.get()) : load(archived);
            }
            case TextCatalogueEntry.Numbers(var info) ->
                info.kind() == TextKind.PLAIN ? numberLines(info) : numbers(info);
        };
    }

    private TextData load(TextCatalogueEntry.OneText entry) throws IOException {
        TextDataInfo info = entry.info();
        DataFile file = info.files().getFirst();
        FileStore store = store(info);
        return store.load(folders.sources(info.name(), entry.sources()), folders.listener(), () -> {
            String text = new String(store.read(file), StandardCharsets.UTF_8);
            return new TextData.Plain(info, text, info.files(), List.of());
        });
    }

    private TextData load(TextCatalogueEntry.Archived entry) throws IOException {
        TextDataInfo info = entry.info();
        FileStore store = store(info);
        return store.load(folders.sources(info.name(), entry.sources()), folders.listener(), () -> {
            Path archive = store.verified(info.files().getFirst());
            List<ParallelText> parts = entry.files().readArchive(archive).parts();
            List<Integer> sizes = parts.stream().map(ParallelText::size).toList();
            if (!sizes.equals(entry.sizes())) {
                throw new IOException(
                        "data set '%s': parts must have %s pairs; got %s".formatted(info.name(), entry.sizes(), sizes));
            }
            return new TextData.Parallel(info, parts.get(0), parts.get(1), parts.get(2), info.files(), List.of());
        });
    }

    private static TextData loadGiven(TextCatalogueEntry.Archived entry, Path given) throws IOException {
        SentenceFiles.Texts texts = entry.files().readFolder(given);
        List<ParallelText> parts = texts.parts();
        String remark = "data set '%s': read from files in %s, of which no SHA-256 is known"
                .formatted(entry.info().name(), given);
        return new TextData.Parallel(
                entry.info(), parts.get(0), parts.get(1), parts.get(2), texts.files(), List.of(remark));
    }

    /// All numbers of one or two digits train, each several times: there are few, and they are what users try first.
    private static TextData.Parallel numbers(TextDataInfo info) {
        ParallelText each = NumberWords.range(0, TextCatalogue.NUMBERS_SMALL);
        ParallelText small = each;
        for (int i = 1; i < TextCatalogue.NUMBERS_TIMES; i++) {
            small = small.followedBy(each);
        }
        int drawn = TextCatalogue.NUMBERS_TRAIN - small.size();
        int validation = drawn + TextCatalogue.NUMBERS_HELD_OUT;
        int size = validation + TextCatalogue.NUMBERS_HELD_OUT;
        ParallelText others = NumberWords.pairs(TextCatalogue.NUMBERS_SMALL, size, TextCatalogue.NUMBERS_SEED);
        return new TextData.Parallel(
                info,
                small.followedBy(others.range(0, drawn)),
                others.range(drawn, validation),
                others.range(validation, size),
                List.of(),
                List.of());
    }

    /// The same, each pair a line, those that test last.
    private static TextData numberLines(TextDataInfo info) {
        TextData.Parallel pairs = numbers(info);
        String text = pairs.train()
                .followedBy(pairs.validation())
                .followedBy(pairs.test())
                .asPlainText(" = ");
        return new TextData.Plain(info, text, List.of(), List.of());
    }

    private FileStore store(TextDataInfo info) {
        return folders.store(info.name(), info.files());
    }

    private TextCatalogueEntry entry(String name) {
        return catalogue.stream()
                .filter(entry -> entry.info().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("data set '%s' is not known; there are %s"
                        .formatted(name, list().stream().map(TextDataInfo::name).collect(Collectors.joining(", ")))));
    }
}
