package dev.stiefel.lab.spec;

import dev.stiefel.data.own.Task;
import dev.stiefel.data.vision.DataSetInfo;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/// The sizes and the task of a data set, as far as a network's first and last layer depend on them.
///
/// For a data set that is known by name, they follow from the name. For a user's own data, they are found by
/// reading the files, and are recorded in the run.
///
/// @param name of the data set, or the path of the user's own files
/// @param inputs number of values in a sample
/// @param outputs number of classes, or of values to predict
/// @param task whether the targets are classes or values
/// @param trainSize number of samples for training and validation
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
