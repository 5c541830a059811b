package dev.stiefel.lab.record;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.data.DataIdentity;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Measure.Better;
import dev.stiefel.train.EvaluationSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// The content of `run.json`.
///
/// @param status status of the run
/// @param message one line on why it ended as it did, where there is something to say
/// @param started when, to the second, in UTC
/// @param spec the run, wholly described
/// @param parent origin of its initial weights, if they are not random
/// @param compressed cost of its parent's compression, if it comes from one
/// @param imported origin, if other code trained it and its log was imported
/// @param data the SHA-256 of each file of the data set
/// @param found summary of a user's own data, as in `data inspect --json`
/// @param versions versions of the software
/// @param machine the machine
/// @param directions better direction, higher or lower, of each measure except loss and accuracy
/// @param summary summary of its results; empty before the first checkpoint
public record RunRecord(
        RunStatus status,
        Optional<String> message,
        String started,
        RunSpec spec,
        Optional<Parent> parent,
        Optional<CompressionFigures> compressed,
        Optional<ImportedLog> imported,
        Map<String, String> data,
        Optional<ObjectNode> found,
        ObjectNode versions,
        ObjectNode machine,
        Map<String, Better> directions,
        Optional<Summary> summary) {
    /// The name of the file.
    public static final String FILE = "run.json";

    private static final String FOUND = "found";

    /// Copies the maps.
    public RunRecord {
        directions = Collections.unmodifiableMap(new LinkedHashMap<>(directions));
        data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
    }

    /// The record of a run that begins now, on this machine.
    public static RunRecord started(RunSpec spec, Optional<InitialWeights> start, Map<String, String> data) {
        return new RunRecord(
                RunStatus.RUNNING,
                Optional.empty(),
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                spec,
                start.map(InitialWeights::parent),
                start.flatMap(InitialWeights::compressed),
                Optional.empty(),
                data,
                Optional.empty(),
                Machine.versions(),
                Machine.describe(),
                Map.of(),
                Optional.empty());
    }

    /// The same, measured like this.
    public RunRecord with(EvaluationSpec evaluation) {
        Map<String, Better> further = new LinkedHashMap<>(evaluation.directions());
        further.remove(Accuracy.NAME);
        return with(status, message, data, found, further, summary);
    }

    /// The same with another status.
    public RunRecord with(RunStatus newStatus, Optional<String> newMessage) {
        return with(newStatus, newMessage, data, found, directions, summary);
    }

    /// The same with another summary.
    public RunRecord with(Summary newSummary) {
        return with(status, message, data, found, directions, Optional.of(newSummary));
    }

    /// The same with what was read of the data.
    public RunRecord withFound(ObjectNode facts) {
        return with(status, message, data, Optional.of(facts), directions, summary);
    }

    /// The same for data that was read only now.
    public RunRecord withData(Map<String, String> sha256) {
        return with(status, message, sha256, found, directions, summary);
    }

    /// The same with what changes in the course of a run.
    private RunRecord with(
            RunStatus newStatus,
            Optional<String> newMessage,
            Map<String, String> newData,
            Optional<ObjectNode> newFound,
            Map<String, Better> newDirections,
            Optional<Summary> newSummary) {
        return new RunRecord(
                newStatus,
                newMessage,
                started,
                spec,
                parent,
                compressed,
                imported,
                newData,
                newFound,
                versions,
                machine,
                newDirections,
                newSummary);
    }

    /// The data that it was trained on; nothing is known of it where it failed before there was any.
    public DataIdentity dataIdentity() {
        return new DataIdentity(spec.get(Options.DATA), data);
    }

    /// Writes the file into a run's folder, replacing it whole.
    public void write(Path folder) throws IOException {
        DurableFiles.writeString(folder.resolve(FILE), text());
    }

    /// The text of the file.
    public String text() {
        ObjectNode json = Json.object().put("format", 1).put("status", status.word());
        message.ifPresent(text -> json.put("message", text));
        json.put("started", started);
        json.set("spec", spec.toJson());
        parent.ifPresent(each -> json.set("parent", each.toJson()));
        compressed.ifPresent(each -> json.set("compressed", each.toJson()));
        imported.ifPresent(each -> json.set("imported", each.toJson()));
        ObjectNode read = json.putObject("data").put("name", spec.get(Options.DATA));
        read.set("sha256", Json.object(data));
        found.ifPresent(each -> read.set(FOUND, each));
        json.set("versions", versions);
        json.set("machine", machine);
        if (!directions.isEmpty()) {
            ObjectNode better = json.putObject("better");
            directions.forEach((name, direction) -> better.put(name, Words.of(direction)));
        }
        summary.ifPresent(each -> json.set("summary", each.toJson()));
        return Json.text(json);
    }

    /// The record in a run's folder.
    ///
    /// @throws InvalidRunException if the file is missing or not that of a run
    public static RunRecord read(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        ObjectNode json = json(file);
        try {
            Map<String, String> data = new LinkedHashMap<>();
            ObjectNode sha256 = Json.objectField(Json.objectField(json, "data"), "sha256");
            for (String name : sha256.propertyNames()) {
                data.put(name, Json.textField(sha256, name));
            }
            return new RunRecord(
                    RunStatus.of(Json.textField(json, "status")),
                    json.has("message") ? Optional.of(Json.textField(json, "message")) : Optional.empty(),
                    Json.textField(json, "started"),
                    RunSpec.read(Json.objectField(json, "spec")),
                    json.has("parent") ? Optional.of(Parent.read(Json.objectField(json, "parent"))) : Optional.empty(),
                    json.has("compressed")
                            ? Optional.of(CompressionFigures.read(Json.objectField(json, "compressed")))
                            : Optional.empty(),
                    json.has("imported")
                            ? Optional.of(ImportedLog.read(Json.objectField(json, "imported")))
                            : Optional.empty(),
                    data,
                    Json.objectField(json, "data").has(FOUND)
                            ? Optional.of(Json.objectField(Json.objectField(json, "data"), FOUND))
                            : Optional.empty(),
                    Json.objectField(json, "versions"),
                    Json.objectField(json, "machine"),
                    json.has("better") ? directions(Json.objectField(json, "better")) : Map.of(),
                    json.has("summary")
                            ? Optional.of(Summary.read(Json.objectField(json, "summary")))
                            : Optional.empty());
        } catch (IOException e) {
            throw new InvalidRunException("cannot read %s: this is not a run: %s".formatted(file, e.getMessage()), e);
        }
    }

    private static Map<String, Better> directions(ObjectNode json) throws IOException {
        Map<String, Better> directions = new LinkedHashMap<>();
        for (String name : json.propertyNames()) {
            directions.put(name, Json.wordField(Better.class, json, name));
        }
        return directions;
    }

    /// The object in a file of a run.
    ///
    /// @throws InvalidRunException if there is none
    public static ObjectNode json(Path file) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw Files.exists(file)
                    ? new IOException("cannot read %s: %s".formatted(file, Json.reason(e)), e)
                    : new InvalidRunException("cannot read %s: it does not exist".formatted(file), e);
        }
        try {
            return Json.parse(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new InvalidRunException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }
}
