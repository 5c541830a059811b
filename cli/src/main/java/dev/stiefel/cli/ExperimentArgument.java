package dev.stiefel.cli;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.lab.session.Experiment;
import dev.stiefel.lab.spec.Choices;
import dev.stiefel.lab.spec.Presets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Resolves the name of an experiment.
final class ExperimentArgument {
    private ExperimentArgument() {}

    /// The preset of this name, or what the YAML file says, with the options that were typed.
    static Experiment find(CommandEnvironment environment, String typed, Choices choices, DataSets sets)
            throws IOException {
        Path file = environment.path(typed);
        if (!Presets.has(typed) && Files.isDirectory(file)) {
            throw new UsageException("'%s' is a folder; an experiment is a preset or a YAML file%s"
                    .formatted(typed, isRun(file) ? "; resume a run with --resume " + RunNames.typed(file) : ""));
        }
        return Experiment.find(typed, Optional.of(file), choices, sets).orElseThrow(() -> unknown(typed));
    }

    private static UsageException unknown(String typed) {
        List<String> presets = Presets.names();
        String near = UsageMessages.question(typed, presets);
        return new UsageException("there is no preset or file '%s'%s"
                .formatted(typed, near.isEmpty() ? "; presets are " + String.join(", ", presets) : near));
    }

    private static boolean isRun(Path folder) {
        return Files.exists(folder.resolve(RunRecord.FILE));
    }
}
