package dev.stiefel.cli;

import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.session.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The arguments that say which model is meant.
final class ModelSource {
    @Parameters(
            index = "0",
            paramLabel = "RUN|MODEL",
            description = "A run's folder, a safetensors file, or a folder of the published code's .npy files.")
    private String source = "";

    @Option(names = "--best", description = "Uses the model of a run's best epoch instead of the last.")
    private boolean best;

    @Option(
            names = "--from-previous",
            description = "Uses a run's checkpoint before the latest, if the latest is damaged.")
    private boolean fromPrevious;

    Model open(CommandEnvironment environment) throws IOException {
        return Models.load(path(environment), model(), checkpoint());
    }

    Path path(CommandEnvironment environment) {
        Path path = environment.path(source);
        if (Files.isRegularFile(path) && (best || fromPrevious)) {
            throw new UsageException(
                    "%s is for a run's folder; '%s' is a file".formatted(best ? "--best" : "--from-previous", source));
        }
        return path;
    }

    ModelChoice model() {
        return best ? ModelChoice.BEST : ModelChoice.LATEST;
    }

    CheckpointChoice checkpoint() {
        return fromPrevious ? CheckpointChoice.PREVIOUS : CheckpointChoice.LATEST;
    }
}
