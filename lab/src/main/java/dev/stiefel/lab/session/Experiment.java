package dev.stiefel.lab.session;

import dev.stiefel.data.fetch.CacheFolder;
import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.data.OwnDataReader;
import dev.stiefel.lab.data.RunData;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.Preset;
import dev.stiefel.lab.spec.Presets;
import dev.stiefel.lab.spec.Resolution;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// A run to make, and what to call it.
///
/// @param name name for its folder
/// @param description purpose of the training, in a few words
/// @param spec the run, with everything chosen
/// @param ownData the user's own data, which was read to find out how large the network must be; empty for a data set
///     that is known by name, which is read when the run begins
public record Experiment(String name, String description, RunSpec spec, Optional<RunData> ownData) {
    /// The preset of this name, or the YAML file at this path, with some options chosen on top.
    ///
    /// @param presetOrFile `mnist`, or `wide.yaml`
    /// @param choices by key (`learningRate`) or flag (`learning-rate`); texts, numbers and truth values
    /// @throws IllegalArgumentException if there is no such preset, file or option, or a value is not allowed
    /// @throws IOException if the file cannot be read
    public static Experiment of(String presetOrFile, Map<String, ?> choices) throws IOException {
        return of(presetOrFile, Choices.of(choices));
    }

    /// The preset of this name, or the YAML file at this path, with some options chosen on top.
    ///
    /// @throws IllegalArgumentException if there is no such preset or file, or choices do not go together
    /// @throws IOException if the file cannot be read
    public static Experiment of(String presetOrFile, Choices choices) throws IOException {
        return find(presetOrFile, path(presetOrFile), choices)
                .orElseThrow(() -> new IllegalArgumentException(Presets.unknown(presetOrFile)));
    }

    /// The preset of this name, or else the YAML file, with some options chosen on top; empty if there is neither.
    ///
    /// @param file the path that is meant if no preset is; empty if no path has this name
    /// @throws IllegalArgumentException if the name is that of a file that is not there, or choices do not go
    ///     together
    /// @throws IOException if the file cannot be read
    public static Optional<Experiment> find(String presetOrFile, Optional<Path> file, Choices choices)
            throws IOException {
        return find(presetOrFile, file, choices, standard());
    }

    /// The same with data sets from elsewhere, for texts, which are read.
    public static Optional<Experiment> find(
            String presetOrFile, Optional<Path> file, Choices choices, DataSets dataSets) throws IOException {
        if (Presets.has(presetOrFile)) {
            return Optional.of(ofPreset(presetOrFile, choices, dataSets));
        }
        if (file.isPresent() && Files.exists(file.get())) {
            return Optional.of(of(file.get(), choices, dataSets));
        }
        if (looksLikeFile(presetOrFile)) {
            throw new IllegalArgumentException(
                    "there is no file '%s'".formatted(presetOrFile.replaceAll("\\p{Cntrl}", "?")));
        }
        return Optional.empty();
    }

    /// A preset, to be made a run.
    public static Experiment of(Preset preset) {
        return new Experiment(preset.name(), preset.description(), preset.spec(), Optional.empty());
    }

    private static Experiment ofPreset(String name, Choices choices, DataSets dataSets) throws IOException {
        Choices all = choices.with(Options.EXPERIMENT, name);
        Optional<RunData> own = RunData.own(Resolution.withPresets(all), dataSets);
        RunSpec spec = Resolution.of(all, Optional.empty(), own.map(RunData::description));
        return new Experiment(name, Presets.of(name).description(), spec, own);
    }

    private static DataSets standard() {
        return DataSets.in(CacheFolder.standard());
    }

    /// A network of the usual size on data of the user's own, which is read.
    ///
    /// @param choices by key or flag; `data` is the path of a table, a folder of images by class, or an array
    /// @throws IllegalArgumentException if something is chosen that is not allowed, or the data is not fit for it
    /// @throws IOException if the data cannot be read
    public static Experiment ofData(Map<String, ?> choices) throws IOException {
        return ofData(Choices.of(choices));
    }

    /// A network of the usual size on data of the user's own, which is read.
    ///
    /// @throws IllegalArgumentException if choices do not go together, or the data is not fit for them
    /// @throws IOException if the data cannot be read
    public static Experiment ofData(Choices choices) throws IOException {
        return ofData(choices, standard());
    }

    /// The same with data sets from elsewhere.
    public static Experiment ofData(Choices choices, DataSets dataSets) throws IOException {
        Optional<RunData> own = RunData.own(Resolution.withPresets(choices), dataSets);
        String path = choices.find(Options.DATA)
                .orElseThrow(() -> new IllegalArgumentException("data: a data set is needed, such as 'data: mnist'"));
        String name = path.replaceFirst("^.*[/\\\\]", "").replaceFirst("\\.[A-Za-z0-9]+$", "");
        RunSpec spec = resolved(choices, name.isBlank() ? "data" : name, own);
        return new Experiment(spec.get(Options.EXPERIMENT), "a network on " + path, spec, own);
    }

    /// The experiment in a YAML file, with some chosen options that override it: a mapping from options to values,
    /// where `experiment` names the preset to start from.
    ///
    /// @throws IllegalArgumentException if the file is no YAML mapping, or something in it is not allowed
    /// @throws IOException if the file cannot be read
    public static Experiment of(Path file, Choices choices) throws IOException {
        return of(file, choices, standard());
    }

    /// The same with data sets from elsewhere.
    public static Experiment of(Path file, Choices choices, DataSets dataSets) throws IOException {
        Map<String, Object> written = Yaml.mapping(file);
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
        OwnDataReader reader = new OwnDataReader(dataSets);
        Choices said;
        try {
            said = Choices.of(written);
            resolved(said, name, reader.read(said)); // so that the message says whose mistake it is
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
        Choices all = said.with(choices);
        Optional<RunData> own = reader.read(all);
        return new Experiment(name, "what " + file + " says", resolved(all, name, own), own);
    }

    private static RunSpec resolved(Choices choices, String name, Optional<RunData> own) {
        return Resolution.of(choices, Optional.of(name), own.map(RunData::description));
    }

    private static Optional<Path> path(String name) {
        try {
            return Optional.of(Path.of(name));
        } catch (InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static boolean looksLikeFile(String name) {
        return name.contains("/") || name.contains("\\") || name.endsWith(".yaml") || name.endsWith(".yml");
    }
}
