package dev.stiefel.lab.data;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Gives sessions the data of their runs.
public interface RunDataSource {
    /// The data of a run.
    ///
    /// @throws IOException as [RunData#of] does
    default RunData of(RunSpec spec) throws IOException {
        return of(spec, Optional.empty());
    }

    /// The data of a run that is resumed, or made of a model.
    ///
    /// @param earlier facts kept about it
    /// @throws IOException as [RunData#of] does
    RunData of(RunSpec spec, Optional<EarlierData> earlier) throws IOException;

    private static List<Option<?>> reading(RunSpec spec) {
        return spec.dataFacts().text().isPresent() ? Options.ofReadingText() : Options.ofReading();
    }

    /// Reads anew for every run.
    static RunDataSource of(DataSets dataSets) {
        return (spec, earlier) -> RunData.of(spec, dataSets, earlier);
    }

    /// Reads once, and keeps the latest data for the runs to come. For one thread.
    static RunDataSource keepingLatest(DataSets dataSets) {
        Map<List<Object>, RunData> kept = new HashMap<>();
        return (spec, earlier) -> {
            if (earlier.flatMap(EarlierData::schema).isPresent()) { // other tokenizers than those of runs to come
                return RunData.of(spec, dataSets, earlier);
            }
            List<Object> key = spec.ownData().isEmpty()
                    ? List.of(spec.get(Options.DATA))
                    : reading(spec).stream().<Object>map(spec::find).toList();
            RunData data = kept.get(key);
            if (data == null) {
                kept.clear(); // before the next is read: one at a time in memory
                data = RunData.of(spec, dataSets, earlier);
                kept.put(key, data);
            }
            return data;
        };
    }
}
