package dev.stiefel.data.language;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.text.ParallelText;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/// A text data set in memory.
public sealed interface TextData {
    /// The description of the data set.
    TextDataInfo info();

    /// The files that were read; where they are not the published ones, they differ from those of [#info()].
    List<DataFile> files();

    /// Notes for the user, one line each.
    List<String> remarks();

    /// The training and test texts; texts given for validation are the last training texts.
    ///
    /// @param share of a plain text that tests, its last part
    LoadedText loaded(double share);

    private static Map<String, String> sha256(List<DataFile> files) {
        Map<String, String> all = new LinkedHashMap<>();
        files.forEach(file -> all.put(file.name(), file.sha256()));
        return all;
    }

    /// One text, undivided.
    record Plain(TextDataInfo info, String text, List<DataFile> files, List<String> remarks) implements TextData {
        /// Copies the lists.
        public Plain {
            files = List.copyOf(files);
            remarks = List.copyOf(remarks);
        }

        @Override
        public LoadedText loaded(double share) {
            return new LoadedText(Corpus.Plain.of(text, share), OptionalInt.empty(), TextData.sha256(files), remarks);
        }
    }

    /// Texts and their translations, divided as published.
    record Parallel(
            TextDataInfo info,
            ParallelText train,
            ParallelText validation,
            ParallelText test,
            List<DataFile> files,
            List<String> remarks)
            implements TextData {
        /// Copies the lists.
        public Parallel {
            files = List.copyOf(files);
            remarks = List.copyOf(remarks);
        }

        @Override
        public LoadedText loaded(double share) {
            return new LoadedText(
                    new Corpus.Parallel(train.followedBy(validation), test),
                    OptionalInt.of(validation.size()),
                    TextData.sha256(files),
                    remarks);
        }
    }
}
