package dev.stiefel.lab.sweep;

import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import java.io.IOException;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/// A run for a worker to make: a line on its standard input.
///
/// @param folder the run's
/// @param spec the run, for one that has not begun
record WorkerTask(Path folder, RunSpec spec) {
    String line() {
        return Json.compact(Json.object().put("folder", folder.toString()).put("spec", spec.json()));
    }

    static WorkerTask read(String line) throws IOException {
        ObjectNode json = Json.parse(line);
        return new WorkerTask(Path.of(Json.textField(json, "folder")), RunSpec.ofJson(Json.textField(json, "spec")));
    }
}
