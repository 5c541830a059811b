package dev.stiefel.lab.spec;

import dev.stiefel.data.own.Task;
import dev.stiefel.data.vision.DataSetInfo;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import dev.stiefel.nn.Loss;
import dev.stiefel.nn.MeanSquaredError;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The sizes and the task of a data set, as far as a network depends on them.
///
/// For a data set that is known by name, they follow from the name. For a user's own data, they are found by
/// reading the files, and are recorded in the run.
///
/// @param name of the data set, or the path of the user's own files
/// @param inputs number of values in a sample
/// @param outputs number of classes, or of values to predict
/// @param task the task: classes or values
/// @param trainSize number of samples for training and validation
/// @param image shape of a sample that is an image; earlier versions did not record it for a user's own data
/// @param text facts about samples that are texts; they have as many inputs as a vocabulary has tokens
/// @param validation number of the training samples that the files give for validation; 0 if they give none
public record DataFacts(
        String name,
        int inputs,
        int outputs,
        Task task,
        int trainSize,
        Optional<Image> image,
        Optional<TextFacts> text,
        int validation) {
    private static final String VALIDATION = "validation";
    private static final String IMAGE = "image";
    private static final String TEXT = "text";

    /// Checks the sizes.
    public DataFacts {
        if (inputs < 1 || outputs < 1 || trainSize < 1) {
            throw new IllegalArgumentException(
                    "data '%s': inputs, outputs and training samples must be at least 1 each; got %s, %s and %s"
                            .formatted(name, inputs, outputs, trainSize));
        }
        if (image.isPresent() && image.get().values().orElseThrow() != inputs) {
            throw new IllegalArgumentException(
                    "data '%s': an image must have the %s inputs; got %s".formatted(name, inputs, image.get()));
        }
    }

    /// Makes the facts of samples whose files give none for validation.
    public DataFacts(
            String name,
            int inputs,
            int outputs,
            Task task,
            int trainSize,
            Optional<Image> image,
            Optional<TextFacts> text) {
        this(name, inputs, outputs, task, trainSize, image, text, 0);
    }

    /// Makes the facts of samples that are no texts.
    public DataFacts(String name, int inputs, int outputs, Task task, int trainSize, Optional<Image> image) {
        this(name, inputs, outputs, task, trainSize, image, Optional.empty());
    }

    /// Makes the facts of samples that are neither images nor texts.
    public DataFacts(String name, int inputs, int outputs, Task task, int trainSize) {
        this(name, inputs, outputs, task, trainSize, Optional.empty());
    }

    /// The facts of texts.
    ///
    /// @param outputs classes, or tokens that may come next
    /// @param trainSize samples to train on, those that validate among them
    public static DataFacts of(String name, TextFacts text, int outputs, int trainSize) {
        return new DataFacts(
                name,
                text.sourceVocabulary(),
                outputs,
                Task.CLASSIFICATION,
                trainSize,
                Optional.empty(),
                Optional.of(text));
    }

    /// The facts of a data set that is known by name.
    public static DataFacts of(DataSetInfo info) {
        return new DataFacts(
                info.name(),
                info.inputWidth(),
                info.classes(),
                Task.CLASSIFICATION,
                info.trainSize(),
                Optional.of(new Image(info.height(), info.width(), info.channels())));
    }

    /// The same of data that is called like this.
    public DataFacts named(String newName) {
        return new DataFacts(newName, inputs, outputs, task, trainSize, image, text, validation);
    }

    /// Returns whether these are the facts of the same data, where one record may not say that samples are images.
    public boolean fits(DataFacts recorded) {
        return withoutImage().equals(recorded.withoutImage())
                && (image.isEmpty() || recorded.image.isEmpty() || image.equals(recorded.image));
    }

    /// The same without the image's shape.
    private DataFacts withoutImage() {
        return new DataFacts(name, inputs, outputs, task, trainSize, Optional.empty(), text, validation);
    }

    /// The same where so many of the samples for training validate.
    public DataFacts withValidation(int samples) {
        return new DataFacts(name, inputs, outputs, task, trainSize, image, text, samples);
    }

    /// The text that has always been part of the hashes of sweeps: without the image's shape, and with the facts
    /// about texts.
    public String hashed() {
        return "DataFacts[name=%s, inputs=%s, outputs=%s, task=%s, trainSize=%s%s%s]"
                .formatted(
                        name,
                        inputs,
                        outputs,
                        task,
                        trainSize,
                        text.map(facts -> ", text=" + facts.hashed()).orElse(""),
                        validation == 0 ? "" : ", validation=" + validation);
    }

    /// The usual loss of networks.
    public Loss usualLoss() {
        return switch (task) {
            case CLASSIFICATION -> new SoftmaxCrossEntropy();
            case REGRESSION -> new MeanSquaredError();
        };
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object()
                .put("inputs", inputs)
                .put("outputs", outputs)
                .put("task", Words.of(task))
                .put("trainSize", trainSize);
        image.ifPresent(shape -> json.putObject(IMAGE)
                .put("height", shape.height())
                .put("width", shape.width())
                .put("channels", shape.channels()));
        text.ifPresent(facts -> json.set(TEXT, facts.toJson()));
        if (validation > 0) {
            json.put(VALIDATION, validation);
        }
        return json;
    }

    static DataFacts read(String name, ObjectNode json) throws IOException {
        return new DataFacts(
                name,
                Json.intField(json, "inputs"),
                Json.intField(json, "outputs"),
                Json.wordField(Task.class, json, "task"),
                Json.intField(json, "trainSize"),
                json.has(IMAGE) ? Optional.of(image(Json.objectField(json, IMAGE))) : Optional.empty(),
                json.has(TEXT) ? Optional.of(TextFacts.read(Json.objectField(json, TEXT))) : Optional.empty(),
                json.has(VALIDATION) ? Json.intField(json, VALIDATION) : 0);
    }

    private static Image image(ObjectNode json) throws IOException {
        return new Image(Json.intField(json, "height"), Json.intField(json, "width"), Json.intField(json, "channels"));
    }
}
