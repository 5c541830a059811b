package dev.stiefel.lab.data;

import dev.stiefel.data.fetch.FetchEvent;
import dev.stiefel.data.language.EncodedText;
import dev.stiefel.data.language.LoadedText;
import dev.stiefel.data.language.OwnText;
import dev.stiefel.data.language.TextDataSets;
import dev.stiefel.data.language.TextEncoding;
import dev.stiefel.data.language.TextKind;
import dev.stiefel.data.language.TextLayout;
import dev.stiefel.data.language.TokenizerKind;
import dev.stiefel.data.own.ColumnChoice;
import dev.stiefel.data.own.Schema;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.DataPaths;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.TextDefaults;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// Reads the texts that choices name, and makes samples of them.
///
/// @param data name of a data set, or the path of a user's own texts
/// @param kind kind of the texts
/// @param choices of which those count that [Options#ofReadingText] lists
record TextReading(String data, TextKind kind, Choices choices) {
    /// The texts that choices name, if they name texts.
    static Optional<TextReading> of(Choices choices) {
        Optional<String> data = choices.find(Options.DATA);
        return data.flatMap(name -> kind(name, choices).map(kind -> new TextReading(name, kind, choices)));
    }

    private static Optional<TextKind> kind(String data, Choices choices) {
        if (DataPaths.isNamedText(data)) {
            return Optional.of(TextDataSets.in(Path.of("")).info(data).kind());
        }
        if (choices.has(Options.SOURCE)) {
            return Optional.of(TextKind.PARALLEL);
        }
        if (choices.has(Options.TEXT)) {
            return Optional.of(TextKind.LABELLED);
        }
        if (DataPaths.isTable(data) || data.endsWith(".npy") || Files.isDirectory(DataPaths.of(data))) {
            return Optional.empty();
        }
        if (choices.has(Options.TARGET)) {
            return Optional.of(TextKind.PARALLEL);
        }
        String name = data.toLowerCase(Locale.ROOT);
        return name.endsWith(".txt") || name.endsWith(".txt.gz") ? Optional.of(TextKind.PLAIN) : Optional.empty();
    }

    /// Reads the texts.
    ///
    /// @throws InvalidDataException if a user's own files cannot be read
    /// @throws IOException if a data set cannot be had
    LoadedText load(DataSets dataSets) throws IOException {
        double share = choices.find(Options.TEST_FRACTION).orElse(TextDefaults.testFraction(kind));
        if (DataPaths.isNamedText(data)) {
            return TextDataSets.beside(dataSets).load(data).loaded(share);
        }
        OwnText own = new OwnText(
                layout(),
                DataPaths.of(data),
                path(Options.VALIDATION_DATA),
                path(Options.TEST_DATA),
                share,
                choices.find(Options.SEED).orElse(0L));
        return InvalidDataException.guarding(() -> {
            long size = Files.exists(own.data()) ? Files.size(own.data()) : 0;
            String name = String.valueOf(own.data().getFileName());
            return own.load(bytes -> dataSets.listener().on(new FetchEvent.Reading(name, bytes, size)));
        });
    }

    private TextLayout layout() {
        return switch (kind) {
            case PLAIN -> new TextLayout.Whole();
            case PARALLEL ->
                choices.has(Options.SOURCE)
                        ? new TextLayout.PairColumns(
                                column(Options.SOURCE, "texts to translate"), column(Options.TARGET, "translations"))
                        : new TextLayout.Lines(path(Options.TARGET).orElseThrow());
            case LABELLED ->
                new TextLayout.LabelColumns(
                        column(Options.TEXT, "texts to classify"), column(Options.TARGET, "classes"));
        };
    }

    private ColumnChoice column(Option<String> option, String of) {
        return ColumnChoice.of(choices.find(option)
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s must name the column of %s in %s".formatted(option.key(), of, data))));
    }

    private Optional<Path> path(Option<String> option) {
        return choices.find(option).map(DataPaths::of);
    }

    /// Samples of the texts.
    ///
    /// @param given tokenizers that were learned before
    EncodedText encode(LoadedText loaded, Optional<Schema> given, DataSets dataSets) {
        dataSets.listener()
                .on(new FetchEvent.Working(
                        given.isPresent() ? "cutting texts into tokens" : "learning tokenizers, cutting texts"));
        TokenizerKind tokenizer = choices.find(Options.TOKENIZER).orElse(TextDefaults.tokenizer(kind));
        Optional<Integer> validation = choices.find(Options.VALIDATION);
        return new TextEncoding(
                        tokenizer,
                        choices.find(Options.VOCABULARY).map(OptionalInt::of).orElse(OptionalInt.empty()),
                        TextDefaults.form(
                                tokenizer, choices.find(Options.LOWER_CASE).orElse(false)),
                        choices.find(Options.MAX_TOKENS).orElse(TextDefaults.MAX_TOKENS),
                        choices.find(Options.CONTEXT).orElse(TextDefaults.CONTEXT),
                        validation.map(OptionalInt::of).orElse(loaded.validation()),
                        choices.find(Options.SEED).orElse(0L),
                        given)
                .encode(loaded.corpus());
    }
}
