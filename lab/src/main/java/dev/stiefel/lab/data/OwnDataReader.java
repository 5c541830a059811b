package dev.stiefel.lab.data;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import java.io.IOException;
import java.util.Optional;

/// Reads data of a user's own for many specs in a row, which must know how large it is: again only if the next choices
/// name other data than the last. For one thread.
public final class OwnDataReader {
    private Optional<Choices> latest = Optional.empty();
    private Optional<RunData> data = Optional.empty();

    private final DataSets dataSets;

    /// A reader that has read nothing yet, with data sets in the standard cache.
    public OwnDataReader() {
        this(DataSets.in(CacheFolder.standard()));
    }

    /// The same with data sets from elsewhere.
    public OwnDataReader(DataSets dataSets) {
        this.dataSets = dataSets;
    }

    /// The data that choices name, if it is a user's own.
    ///
    /// @throws IOException as [RunData#own] does
    public Optional<RunData> read(Choices choices) throws IOException {
        Choices all = Resolution.withPresets(choices);
        boolean isText = TextReading.of(all).isPresent();
        Optional<Choices> about = Optional.of(all.only(isText ? Options.ofReadingText() : Options.ofReading()));
        if (!about.equals(latest)) {
            latest = Optional.empty();
            data = Optional.empty(); // before the next is read: one at a time in memory
            data = RunData.own(all, dataSets);
            latest = about;
        }
        return data;
    }
}
