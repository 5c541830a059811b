package dev.stiefel.data.language;

import dev.stiefel.data.fetch.Source;
import java.util.List;

/// A text data set and where its files are.
sealed interface TextCatalogueEntry {
    TextDataInfo info();

    /// One text in one file, to be fetched.
    record OneText(TextDataInfo info, List<Source> sources) implements TextCatalogueEntry {}

    /// Files of sentences in an archive ([SentenceFiles]), which is fetched, and verified as a whole.
    ///
    /// @param files files to take from the archive
    /// @param sizes numbers of pairs for training, validation and test
    record Archived(TextDataInfo info, SentenceFiles files, List<Integer> sizes, List<Source> sources)
            implements TextCatalogueEntry {}

    /// Numbers in words ([NumberWords]), made by the program.
    record Numbers(TextDataInfo info) implements TextCatalogueEntry {}
}
