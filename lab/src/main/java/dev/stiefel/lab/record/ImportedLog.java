package dev.stiefel.lab.record;

import dev.stiefel.lab.text.Json;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// Provenance of a run that other code trained and whose log was imported. Such a run has a
/// history, but no weights, and its seed is only its number. Its training figures are those of
/// an epoch's last mini-batch, not means over the epoch.
///
/// @param configuration the path of its experiment's folder below the folder of logs, with `/`
///     in between
/// @param run its number in the experiment
/// @param file the path of its log below the folder of logs
/// @param sha256 of the log
public record ImportedLog(String configuration, int run, String file, String sha256) {
    ObjectNode toJson() {
        return Json.object()
                .put("configuration", configuration)
                .put("run", run)
                .put("file", file)
                .put("sha256", sha256)
                .put("train", "last mini-batch of the epoch");
    }

    static ImportedLog read(ObjectNode json) throws IOException {
        return new ImportedLog(
                Json.textField(json, "configuration"),
                Json.intField(json, "run"),
                Json.textField(json, "file"),
                Json.textField(json, "sha256"));
    }
}
