package dev.stiefel.lab.session;

import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Resolves many specs in a row. Data of a user's own is read to know how large networks must
/// be: again only if the next choices name other data than the last. For one thread.
public final class SpecResolver {
    private @Nullable List<Optional<Object>> key;
    private Optional<RunData> own = Optional.empty();

    /// A resolver that has read nothing yet.
    public SpecResolver() {}

    /// The run that these choices mean.
    ///
    /// @param choices by key or flag; `experiment` names a preset to start from
    /// @param name what a run is called that starts from none
    /// @throws IllegalArgumentException if something is chosen that is not allowed, or two
    ///     things do not go together
    /// @throws IOException if the user's own data cannot be read
    public RunSpec resolve(Map<String, ?> choices, String name) throws IOException {
        List<Option<?>> ofData = new ArrayList<>(Options.ofOwnData());
        ofData.add(Options.DATA);
        ofData.add(Options.SEED);
        List<Optional<Object>> now =
                ofData.stream().map(option -> Options.chosen(choices, option)).toList();
        if (!now.equals(key)) {
            own = Optional.empty(); // before the next is read: one at a time in memory
            own = RunData.own(choices);
            key = now;
        }
        return Resolution.of(choices, name, own.map(RunData::description));
    }
}
