package dev.stiefel.lab.session;

import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.Model;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.model.NetworkHint;
import dev.stiefel.lab.published.PublishedWeights;
import dev.stiefel.lab.record.CheckpointChoice;
import dev.stiefel.lab.record.ModelChoice;
import dev.stiefel.lab.record.RunFolder;
import dev.stiefel.lab.record.RunRecord;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// Opens trained models: of a run folder, of a safetensors file, or of a folder of the published code's weights
/// ([PublishedWeights]).
public final class Models {
    private Models() {}

    /// The latest model of a run folder, or the model in a safetensors file or in a folder of the published code's
    /// weights. Close it.
    ///
    /// @throws InvalidRunException if it is neither, or damaged
    /// @throws IOException if it cannot be read
    public static Model load(Path runOrFile) throws IOException {
        return load(runOrFile, ModelChoice.LATEST, CheckpointChoice.LATEST);
    }

    /// The same, saying which model of a run is meant.
    public static Model load(Path runOrFile, ModelChoice model, CheckpointChoice checkpoint) throws IOException {
        return load(runOrFile, model, checkpoint, NetworkHint.NONE);
    }

    /// Refuses a folder that is no run but holds files of models, as repositories of models do.
    static void requireRun(Path folder) throws IOException {
        if (Files.exists(folder.resolve(RunRecord.FILE))) {
            return;
        }
        List<String> models = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.safetensors")) {
            files.forEach(file -> models.add(String.valueOf(file.getFileName())));
        }
        if (!models.isEmpty()) {
            Collections.sort(models);
            throw new InvalidRunException("'%s' is not a run: it has no %s; it holds %s; name %s"
                    .formatted(
                            folder,
                            RunRecord.FILE,
                            models.size() == 1 ? models.getFirst() : models.size() + " .safetensors files",
                            models.size() == 1 ? folder.resolve(models.getFirst()) : "one of them"));
        }
    }

    /// The same, with what else is known of the network in a file that holds names and numbers only.
    static Model load(Path runOrFile, ModelChoice model, CheckpointChoice checkpoint, NetworkHint hint)
            throws IOException {
        if (!Files.exists(runOrFile)) {
            throw new InvalidRunException("there is no run or model at '%s'".formatted(runOrFile));
        }
        if (PublishedWeights.is(runOrFile)) {
            if (model != ModelChoice.LATEST || checkpoint != CheckpointChoice.LATEST) {
                throw new IllegalArgumentException("'%s' is no run, and holds one model only".formatted(runOrFile));
            }
            PublishedWeights.Loaded loaded = PublishedWeights.load(runOrFile);
            ModelFile.Loaded nameless =
                    new ModelFile.Loaded(loaded.network(), Optional.empty(), Optional.empty(), loaded.imported());
            return Model.of(runOrFile, nameless, Optional.empty(), Optional.of(loaded.sha256()));
        }
        if (Files.isDirectory(runOrFile)) {
            requireRun(runOrFile);
            return RunFolder.open(runOrFile).model(model, checkpoint);
        }
        ModelFile.Loaded loaded = ModelFile.load(runOrFile, hint);
        return Model.of(runOrFile, loaded, loaded.spec(), Optional.empty());
    }
}
