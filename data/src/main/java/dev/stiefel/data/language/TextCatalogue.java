package dev.stiefel.data.language;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.fetch.HttpFile;
import dev.stiefel.data.fetch.Source;
import dev.stiefel.data.fetch.TarGz;
import dev.stiefel.data.fetch.Timeouts;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/// The text data sets that are known by name.
final class TextCatalogue {
    static final int NUMBERS_SMALL = 100; // below it all train
    static final int NUMBERS_TIMES = 8; // that each of these does
    static final int NUMBERS_TRAIN = 4000;
    static final int NUMBERS_HELD_OUT = 500; // to validate, and as many to test
    static final long NUMBERS_SEED = 1;

    static final List<TextCatalogueEntry> ALL = List.of(numbers(), numberLines(), shakespeare(), tedPtEn());

    private TextCatalogue() {}

    private static TextCatalogueEntry numbers() {
        return new TextCatalogueEntry.Numbers(new TextDataInfo(
                "numbers",
                TextKind.PARALLEL,
                "numbers below 10,000 in English words, and in digits; made by the program",
                "that of the program",
                "NumberWords, in this library",
                List.of(),
                List.of()));
    }

    private static TextCatalogueEntry numberLines() {
        return new TextCatalogueEntry.Numbers(new TextDataInfo(
                "number-lines",
                TextKind.PLAIN,
                "lines like 'forty-two = 42', numbers below 10,000; made by the program",
                "that of the program",
                "NumberWords, in this library",
                List.of(),
                List.of()));
    }

    private static TextCatalogueEntry shakespeare() {
        List<Source> sources =
                files("https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt");
        return new TextCatalogueEntry.OneText(
                new TextDataInfo(
                        "shakespeare",
                        TextKind.PLAIN,
                        "a megabyte of Shakespeare's plays (tiny Shakespeare)",
                        "public domain",
                        "A. Karpathy: The Unreasonable Effectiveness of Recurrent Neural Networks, 2015",
                        names(sources),
                        List.of(new DataFile(
                                "shakespeare.txt",
                                1_115_394,
                                "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed"))),
                sources);
    }

    /// The archive's SHA-256 is that of TensorFlow Datasets, and so are the sizes.
    private static TextCatalogueEntry tedPtEn() {
        TarGz archive = new TarGz("qi18naacl-dataset.tar.gz", "datasets/pt_to_en");
        List<Source> sources = files(
                "http://www.phontron.com/data/qi18naacl-dataset.tar.gz",
                "https://web.archive.org/web/20240301220426if_/http://www.phontron.com/data/qi18naacl-dataset.tar.gz");
        return new TextCatalogueEntry.Archived(
                new TextDataInfo(
                        "ted-pt-en",
                        TextKind.PARALLEL,
                        "sentences of TED talks in Portuguese and in English",
                        "CC BY-NC-ND 4.0",
                        "Y. Qi et al.: When and Why are Pre-trained Word Embeddings Useful for Neural Machine"
                                + " Translation?, NAACL 2018, arXiv:1804.06323",
                        names(sources),
                        List.of(new DataFile(
                                archive.name(),
                                131_005_909,
                                "216a86c3df4d4f522856fe9b920ff5be6b394d769cc88974ae8f9f5546953bbc"))),
                new SentenceFiles(archive, "pt", "en"),
                List.of(51_785, 1_193, 1_803),
                sources);
    }

    private static List<Source> files(String... addresses) {
        return Stream.of(addresses)
                .<Source>map(address -> new HttpFile(URI.create(address), Timeouts.SHORT))
                .toList();
    }

    private static List<String> names(List<Source> sources) {
        return sources.stream().map(Source::name).toList();
    }
}
