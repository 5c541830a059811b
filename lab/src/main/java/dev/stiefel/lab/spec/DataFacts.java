package dev.stiefel.lab.spec;

import dev.stiefel.data.own.Task;
import dev.stiefel.data.vision.DataSetInfo;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// The sizes and the task of a data set, as far as a network's first and last layer depend on them.
///
/// Of a data set that is known by name it follows from the name; of a user's own it is found by reading, and
/// kept in the run.
///
/// @param name of the data set, or the path of the user's own
/// @param inputs values that a sample has
/// @param outputs classes there are, or values to be told
/// @param task whether samples have a class each or values
/// @param trainSize samples that train or validate
public record DataFacts(String name, int inputs, int outputs, Task task, int trainSize) {
    /// Checks the sizes.
    public DataFacts {
        if (inputs < 1 || outputs < 1 || trainSize < 1) {
            throw new IllegalArgumentException(
                    "data '%s': inputs, outputs and training samples must be at least 1 each; got %d, %d and %d"
                            .formatted(name, inputs, outputs, trainSize));
        }
    }

    /// The facts of a data set that is known by name.
    public static DataFacts of(DataSetInfo info) {
        return new DataFacts(info.name(), info.inputWidth(), info.classes(), Task.CLASSIFICATION, info.trainSize());
    }

    ObjectNode toJson() {
        return Json.object()
                .put("inputs", inputs)
                .put("outputs", outputs)
                .put("task", Words.of(task))
                .put("trainSize", trainSize);
    }

    static DataFacts read(String name, ObjectNode json) throws IOException {
        return new DataFacts(
                name,
                Json.intField(json, "inputs"),
                Json.intField(json, "outputs"),
                Json.wordField(Task.class, json, "task"),
                Json.intField(json, "trainSize"));
    }
}
