package dev.stiefel.data.language;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.text.ParallelText;
import java.util.List;

/// A text data set in memory.
public sealed interface TextData {
    /// What it is.
    TextDataInfo info();

    /// The files that were read; where they are not the published ones, they differ from those of [#info()].
    List<DataFile> files();

    /// What the user should know of them, a line each.
    List<String> remarks();

    /// One text, undivided.
    record Plain(TextDataInfo info, String text, List<DataFile> files, List<String> remarks) implements TextData {
        /// Copies the lists.
        public Plain {
            files = List.copyOf(files);
            remarks = List.copyOf(remarks);
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
    }
}
