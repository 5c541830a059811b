package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.Source;
import dev.stiefel.data.fetch.TarGz;
import java.util.List;

/// A data set and where its files are.
sealed interface CatalogueEntry {
    DataSetInfo info();

    /// Images and labels of the training samples, then of the test samples, to be fetched.
    record Fetched(DataSetInfo info, List<Source> sources) implements CatalogueEntry {}

    /// Records of labels and an image each ([LabelledImages]), to be fetched in one archive; the last file's test.
    ///
    /// @param labels number of labels in a record, of which the last is the class
    record Archived(DataSetInfo info, int labels, TarGz archive, List<Source> sources) implements CatalogueEntry {}

    /// Image files in one zip archive, which is read as it is ([TinyImageNet]), or in a folder of the user's.
    ///
    /// @param folder folder of the files in the archive, and in its unpacked copy
    record Zipped(DataSetInfo info, String folder, List<Source> sources) implements CatalogueEntry {}

    /// Images and labels of all samples, training samples first, among the program's resources.
    record Embedded(DataSetInfo info) implements CatalogueEntry {}
}
