package dev.stiefel.data.language;

import dev.stiefel.data.Holdout;
import dev.stiefel.data.own.TextFiles;
import dev.stiefel.data.text.LabelledText;
import dev.stiefel.data.text.ParallelText;
import dev.stiefel.io.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongConsumer;

/// Texts in files of a user's own.
///
/// @param layout place of the texts in a file
/// @param data the file of the training texts
/// @param validation a file of the same layout to validate on; empty where texts of the first file do
/// @param test a file of the same layout to test on; empty where texts of the first file do
/// @param testFraction share of the first file that tests where there is no file for it, in (0, 1); of a plain text
///     the last part
/// @param seed decides which texts those are
public record OwnText(
        TextLayout layout, Path data, Optional<Path> validation, Optional<Path> test, double testFraction, long seed) {
    /// Refuses further files where the layout leaves no room for them.
    public OwnText {
        if (layout instanceof TextLayout.Lines && (validation.isPresent() || test.isPresent())) {
            throw new IllegalArgumentException(
                    "text in two files cannot have further validation or test files; use tables for all");
        }
        if (layout instanceof TextLayout.Whole && validation.isPresent()) {
            throw new IllegalArgumentException(
                    "plain text cannot have a validation file; give the number of validation windows");
        }
    }

    /// Reads all files. Where no file says what validates, texts that train are in an order that the seed draws: files
    /// are often in the order of classes or of time.
    ///
    /// @param bytesRead receives, again and again, the number of bytes read of the current file
    /// @throws IOException if a file cannot be read; the message names it, and the line
    public LoadedText load(LongConsumer bytesRead) throws IOException {
        return switch (layout) {
            case TextLayout.Whole _ -> plain(bytesRead);
            case TextLayout.PairColumns(var source, var target) ->
                parallel(List.of(), file -> TextFiles.parallel(file, source, target, bytesRead));
            case TextLayout.Lines(Path targets) ->
                parallel(List.of(targets), file -> TextFiles.parallel(file, targets, bytesRead));
            case TextLayout.LabelColumns(var text, var label) ->
                labelled(file -> TextFiles.labelled(file, text, label, bytesRead));
        };
    }

    /// Reads the texts of a file.
    @FunctionalInterface
    private interface Reading<T> {
        T of(Path file) throws IOException;
    }

    private LoadedText plain(LongConsumer bytesRead) throws IOException {
        String text = TextFiles.plain(data, bytesRead);
        Corpus.Plain corpus = test.isPresent()
                ? new Corpus.Plain(text, TextFiles.plain(test.get(), bytesRead))
                : Corpus.Plain.of(text, testFraction);
        return loaded(corpus, OptionalInt.empty(), List.of());
    }

    private LoadedText parallel(List<Path> further, Reading<ParallelText> reading) throws IOException {
        ParallelText all = reading.of(data);
        Corpus.Parallel corpus = test.isPresent()
                ? new Corpus.Parallel(all, reading.of(test.get()))
                : Corpus.Parallel.drawn(all, testFraction, seed);
        if (validation.isEmpty()) {
            ParallelText train =
                    corpus.train().select(Holdout.shuffled(corpus.train().size(), seed));
            return loaded(new Corpus.Parallel(train, corpus.test()), OptionalInt.empty(), further);
        }
        ParallelText validating = reading.of(validation.get());
        return loaded(
                new Corpus.Parallel(corpus.train().followedBy(validating), corpus.test()),
                OptionalInt.of(validating.size()),
                further);
    }

    private LoadedText labelled(Reading<LabelledText> reading) throws IOException {
        LabelledText all = reading.of(data);
        Corpus.Labelled corpus = test.isPresent()
                ? new Corpus.Labelled(all, reading.of(test.get()))
                : Corpus.Labelled.drawn(all, testFraction, seed);
        if (validation.isEmpty()) {
            LabelledText train =
                    corpus.train().select(Holdout.shuffled(corpus.train().size(), seed));
            return loaded(new Corpus.Labelled(train, corpus.test()), OptionalInt.empty(), List.of());
        }
        LabelledText validating = reading.of(validation.get());
        return loaded(
                new Corpus.Labelled(corpus.train().followedBy(validating), corpus.test()),
                OptionalInt.of(validating.size()),
                List.of());
    }

    private LoadedText loaded(Corpus corpus, OptionalInt held, List<Path> further) throws IOException {
        Map<String, String> sha256 = new LinkedHashMap<>();
        put(sha256, data);
        for (Path each : further) {
            put(sha256, each);
        }
        if (validation.isPresent()) {
            put(sha256, validation.get());
        }
        if (test.isPresent()) {
            put(sha256, test.get());
        }
        return new LoadedText(corpus, held, sha256, List.of());
    }

    private static void put(Map<String, String> sha256, Path file) throws IOException {
        String name = Objects.toString(file.getFileName());
        sha256.put(sha256.containsKey(name) ? file.toString() : name, Sha256.of(file));
    }
}
