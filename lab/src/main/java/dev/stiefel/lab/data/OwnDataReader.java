package dev.stiefel.lab.data;

import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.util.Optional;

/// Reads data of a user's own for many specs in a row, which must know how large it is: again only if the next choices
/// name other data than the last. For one thread.
public final class OwnDataReader {
    private Optional<Choices> latest = Optional.empty();
    private Optional<RunData> data = Optional.empty();

    /// A reader that has read nothing yet.
    public OwnDataReader() {}

    /// The data that choices name, if it is a user's own.
    ///
    /// @throws IOException as [RunData#own] does
    public Optional<RunData> read(Choices choices) throws IOException {
        Optional<Choices> about = Optional.of(choices.only(Options.ofReading()));
        if (!about.equals(latest)) {
            latest = Optional.empty();
            data = Optional.empty(); // before the next is read: one at a time in memory
            data = RunData.own(choices);
            latest = about;
        }
        return data;
    }
}
