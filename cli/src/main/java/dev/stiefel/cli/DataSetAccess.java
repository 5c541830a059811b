package dev.stiefel.cli;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.data.language.TextDataInfo;
import dev.stiefel.data.language.TextDataSets;
import dev.stiefel.data.vision.DataSetInfo;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.DataPaths;
import dev.stiefel.lab.spec.Option;
import dev.stiefel.lab.spec.Options;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Access to data sets, shared by commands.
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

    /// The data sets, with the new path of a user's own data that was moved after training.
    static DataSets sets(CommandEnvironment environment, @Nullable String dataDir, @Nullable String movedTo) {
        DataSets sets = sets(environment, dataDir);
        if (movedTo == null) {
            return sets;
        }
        Path place = environment.path(movedTo);
        if (!Files.exists(place)) {
            throw new UsageException(
                    "--data-moved-to must be a file or folder that exists; got '%s'".formatted(movedTo));
        }
        return sets.withMovedData(place);
    }

    /// The choices, if the data set is one we know, or lies where it was said: then with paths from where the process
    /// is.
    static Choices located(CommandEnvironment environment, DataSets sets, Choices choices) {
        Optional<String> data = choices.find(Options.DATA);
        if (data.isEmpty()) {
            return choices;
        }
        if (names(sets).contains(data.get())) {
            remarkNamesake(environment, data.get());
            return choices;
        }
        Path path = environment.path(data.get());
        if (!Files.exists(path)) {
            String near = UsageMessages.question(data.get(), names(sets));
            String known = near.isEmpty() ? "; data sets are " + String.join(", ", names(sets)) : near;
            throw new UsageException("there is no data set, file or folder '%s'%s".formatted(data.get(), known));
        }
        Choices located = choices.with(Options.DATA, path.toString());
        for (Option<String> option : DataPaths.furtherFiles(data.get())) {
            Optional<String> further = choices.find(option);
            if (further.isPresent()) {
                located = located.with(option, environment.path(further.get()).toString());
            }
        }
        return located;
    }

    /// A data set goes before a file or folder of its name.
    private static void remarkNamesake(CommandEnvironment environment, String name) {
        Path path = environment.path(name);
        if (Files.exists(path)) {
            environment
                    .err()
                    .printf(
                            "stiefel: data '%1$s' is the data set of that name; for the %2$s '%1$s' in this folder,"
                                    + " type ./%1$s%n",
                            name, Files.isDirectory(path) ? "folder" : "file");
        }
    }

    private static List<String> names(DataSets sets) {
        return Stream.concat(
                        sets.list().stream().map(DataSetInfo::name),
                        TextDataSets.beside(sets).list().stream().map(TextDataInfo::name))
                .toList();
    }

    /// Refuses a name that no data set has.
    static void requireKnown(DataSets sets, String name) {
        List<String> names = names(sets);
        if (!names.contains(name)) {
            String near = UsageMessages.question(name, names);
            String known = near.isEmpty() ? "; there are " + String.join(", ", names) : near;
            throw new UsageException("there is no data set '%s'%s".formatted(name, known));
        }
    }

    /// The files of a data set; none of one that is part of the program.
    static List<DataFile> files(DataSets sets, String name) {
        TextDataSets texts = TextDataSets.beside(sets);
        if (texts.has(name)) {
            return texts.info(name).files();
        }
        DataSetInfo info = sets.info(name);
        return info.sources().isEmpty() ? List.of() : info.files();
    }

    /// Makes sure that a data set is in the cache.
    static void fetch(DataSets sets, String name) throws IOException {
        TextDataSets texts = TextDataSets.beside(sets);
        if (texts.has(name)) {
            texts.fetch(name);
        } else {
            sets.fetch(name);
        }
    }
}
