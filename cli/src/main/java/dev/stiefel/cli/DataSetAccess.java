package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSetInfo;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.spec.Options;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What commands that read data sets share.
final class DataSetAccess {
    private DataSetAccess() {}

    /// The data sets of the user's cache, and of a folder that was named.
    static DataSets sets(CommandEnvironment environment, @Nullable String dataDir) {
        DataSets sets = DataSets.in(environment.cache());
        if (dataDir == null) {
            return sets;
        }
        Path folder = environment.path(dataDir);
        if (!Files.isDirectory(folder)) {
            throw new UsageException("--data-dir must be a folder that exists; got '%s'".formatted(dataDir));
        }
        return sets.withFolder(folder);
    }

    /// The choices, if the data set is one we know, or lies where it was said: then with paths from where the process
    /// is.
    static Map<String, String> located(CommandEnvironment environment, DataSets sets, Map<String, String> choices) {
        String data = choices.get(Options.DATA.flag());
        if (data == null || names(sets).contains(data)) {
            return choices;
        }
        Path path = environment.path(data);
        if (!Files.exists(path)) {
            String near = UsageMessages.question(data, names(sets));
            String known = near.isEmpty() ? "; data sets are " + String.join(", ", names(sets)) : near;
            throw new UsageException("there is no data set, file or folder '%s'%s".formatted(data, known));
        }
        Map<String, String> located = new LinkedHashMap<>(choices);
        located.put(Options.DATA.flag(), path.toString());
        String target = choices.get(Options.TARGET.flag());
        if (data.endsWith(".npy") && target != null) {
            located.put(Options.TARGET.flag(), environment.path(target).toString());
        }
        return located;
    }

    private static List<String> names(DataSets sets) {
        return sets.list().stream().map(DataSetInfo::name).toList();
    }

    /// The data set of this name.
    static DataSetInfo info(DataSets sets, String name) {
        List<String> names = names(sets);
        if (!names.contains(name)) {
            String near = UsageMessages.question(name, names);
            String known = near.isEmpty() ? "; there are " + String.join(", ", names) : near;
            throw new UsageException("there is no data set '%s'%s".formatted(name, known));
        }
        return sets.info(name);
    }
}
