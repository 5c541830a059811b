package dev.stiefel.lab.record;

import dev.stiefel.data.own.Schema;
import dev.stiefel.io.DurableFiles;
import dev.stiefel.io.Safetensors;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.model.ModelFile;
import dev.stiefel.lab.model.ModelOrigin;
import dev.stiefel.lab.model.Preparation;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Accuracy;
import dev.stiefel.nn.Sums;
import dev.stiefel.optim.OptimizerState;
import dev.stiefel.tensor.Scope;
import dev.stiefel.train.Progress;
import dev.stiefel.train.Trainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// Everything that a run needs to resume with the same bits, in a folder: `model.safetensors`, `best.safetensors`
/// (from the first epoch's end on), `state.safetensors` (the optimizer's moments) and `state.json` (where
/// training stands, and the checksums of the others).
///
/// @param folder folder of the checkpoint
/// @param progress state of the training
/// @param optimizerSteps steps that each part of the optimizer has made
/// @param sha256 of each of the other files
public record Checkpoint(Path folder, Progress progress, Map<String, Long> optimizerSteps, Map<String, String> sha256) {
    private static final String STATE = "state.json";
    private static final String MOMENTS = "state.safetensors";

    /// Copies the maps.
    public Checkpoint {
        optimizerSteps = Collections.unmodifiableMap(new LinkedHashMap<>(optimizerSteps));
        sha256 = Collections.unmodifiableMap(new LinkedHashMap<>(sha256));
    }

    /// Writes one into a new folder, `state.json` last. Nothing is forced to disk: that is the task of the code
    /// that puts the folder in its place.
    ///
    /// @param before the run's checkpoint before, whose best model is taken over unless this
    ///     is the best one
    static Checkpoint write(Path folder, State now, ModelOrigin origin, Optional<Checkpoint> before, Best best)
            throws IOException {
        make(folder);
        Map<String, String> sha256 = new LinkedHashMap<>();
        Path model = folder.resolve(ModelChoice.LATEST.file());
        ModelFile.writeScratch(model, now.network(), origin); // the swap forces all to disk
        sha256.put(ModelChoice.LATEST.file(), DurableFiles.sha256(model));

        Path bestModel = folder.resolve(ModelChoice.BEST.file());
        switch (best) {
            case Best.This _ -> {
                copy(model, bestModel);
                sha256.put(ModelChoice.BEST.file(), DurableFiles.sha256(bestModel));
            }
            case Best.Kept kept -> {
                ModelFile.writeScratch(bestModel, kept.network(), origin);
                sha256.put(ModelChoice.BEST.file(), DurableFiles.sha256(bestModel));
            }
            case Best.Earlier _ -> {
                if (before.isPresent() && before.get().sha256.containsKey(ModelChoice.BEST.file())) {
                    // A copy and no link: damage to one checkpoint must not be damage to the other.
                    copy(before.get().folder.resolve(ModelChoice.BEST.file()), bestModel);
                    sha256.put(ModelChoice.BEST.file(), before.get().sha256.get(ModelChoice.BEST.file()));
                    requireWhole(bestModel, sha256.get(ModelChoice.BEST.file()));
                }
            }
        }

        OptimizerState.Snapshot moments = now.moments();
        Path state = folder.resolve(MOMENTS);
        Safetensors.writeScratch(state, moments.tensors(), Map.of());
        sha256.put(MOMENTS, DurableFiles.sha256(state));

        Checkpoint checkpoint = new Checkpoint(folder, now.progress(), moments.steps(), sha256);
        writeState(checkpoint, origin.spec());
        return checkpoint;
    }

    private static void writeState(Checkpoint checkpoint, RunSpec spec) throws IOException {
        DurableFiles.writeScratch(
                checkpoint.folder.resolve(STATE),
                Json.text(checkpoint.toJson(spec)).getBytes(StandardCharsets.UTF_8));
    }

    /// All that is to be kept.
    public record State(Network network, Progress progress, OptimizerState.Snapshot moments) {
        /// The state of a training run as it is now.
        public static State of(Trainer trainer) {
            return new State(trainer.network(), trainer.progress(), trainer.moments());
        }

        /// The state of a network that is not to be trained.
        public static State untrained(Network network) {
            return new State(network, Progress.untrained(), new OptimizerState.Snapshot(Map.of(), Map.of()));
        }
    }

    /// Whose the best model so far is.
    public sealed interface Best {
        /// The best model of this checkpoint.
        record This() implements Best {}

        /// The best model of the checkpoint before, if there is one.
        record Earlier() implements Best {}

        /// One in between, of which this is a copy.
        record Kept(Network network) implements Best {}
    }

    /// The checkpoint in a folder, all its files verified.
    ///
    /// @throws InvalidRunException naming the file that is damaged or missing
    static Checkpoint open(Path folder) throws IOException {
        Path file = folder.resolve(STATE);
        ObjectNode json = RunRecord.json(file);
        Checkpoint checkpoint;
        try {
            checkpoint = read(folder, json);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidRunException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
        for (Map.Entry<String, String> entry : checkpoint.sha256.entrySet()) {
            requireWhole(folder.resolve(entry.getKey()), entry.getValue());
        }
        return checkpoint;
    }

    /// Writes a copy of this one into a new folder, with another best model.
    Checkpoint copyTo(Path target, Network newBest, ModelOrigin origin) throws IOException {
        make(target);
        Map<String, String> hashes = new LinkedHashMap<>(sha256);
        for (String name : sha256.keySet()) {
            if (!name.equals(ModelChoice.BEST.file())) {
                copy(folder.resolve(name), target.resolve(name));
            }
        }
        Path best = target.resolve(ModelChoice.BEST.file());
        ModelFile.writeScratch(best, newBest, origin);
        hashes.put(ModelChoice.BEST.file(), DurableFiles.sha256(best));
        Checkpoint written = new Checkpoint(target, progress, optimizerSteps, hashes);
        writeState(written, origin.spec());
        return written;
    }

    Checkpoint at(Path newFolder) {
        return new Checkpoint(newFolder, progress, optimizerSteps, sha256);
    }

    boolean has(ModelChoice model) {
        return sha256.containsKey(model.file());
    }

    /// The checksum of a model that it [#has].
    String sha256(ModelChoice model) {
        return String.valueOf(sha256.get(model.file()));
    }

    /// One of its two networks. Close it.
    public Network network(ModelChoice model) throws IOException {
        return load(model).network();
    }

    ModelFile.Loaded load(ModelChoice model) throws IOException {
        return ModelFile.load(folder.resolve(model.file()));
    }

    /// The schema of raw samples in its model; empty for models of early versions, which have none.
    public Optional<Schema> schema() throws IOException {
        return ModelFile.preparation(folder.resolve(ModelChoice.LATEST.file())).map(Preparation::schema);
    }

    /// The optimizer's moments, their tensors in `scope`.
    public OptimizerState.Snapshot moments(Scope scope) throws IOException {
        return new OptimizerState.Snapshot(
                ModelFile.readTensors(folder.resolve(MOMENTS), scope).tensors(), optimizerSteps);
    }

    private ObjectNode toJson(RunSpec spec) {
        ObjectNode json = Json.object();
        ObjectNode at = json.putObject("progress");
        at.put("epoch", progress.epoch());
        at.put("batch", progress.batch());
        at.set("lossSum", Json.number(progress.sums().loss()));
        at.put("correct", (long) sumOf(Accuracy.NAME));
        at.put("bestEpoch", progress.bestEpoch());
        at.set("bestLoss", Json.number(progress.bestFigure()));
        at.set("lastFiniteLoss", Json.number(progress.lastFiniteLoss()));
        at.set("epochSeconds", Json.number(progress.epochSeconds()));
        at.set("seconds", Json.number(progress.seconds()));
        List<TuckerRanks> blockRanks = progress.blockRanks();
        if (!blockRanks.isEmpty()) {
            blockRanks.forEach(each -> at.withArray("blockRanks").add(each.out()));
        }
        if (blockRanks.stream().anyMatch(each -> each.in() != each.out())) {
            blockRanks.forEach(each -> at.withArray("blockRanksOfChannels").add(each.in()));
        }
        at.put("rows", progress.sums().rows());
        List<String> further = progress.measures().stream()
                .filter(each -> !each.equals(Accuracy.NAME))
                .toList();
        if (!further.isEmpty()) {
            ObjectNode measures = at.putObject("measureSums");
            further.forEach(name -> measures.set(name, Json.number(sumOf(name))));
        }
        // All that is random follows from the seed and the position above.
        json.put("seed", spec.get(Options.SEED));
        json.set("optimizerSteps", Json.object(optimizerSteps));
        json.set("sha256", Json.object(sha256));
        return json;
    }

    private double sumOf(String measure) {
        int at = progress.measures().indexOf(measure);
        return at < 0 ? 0 : progress.sums().measure(at);
    }

    /// Sums of the epoch under way. Earlier versions counted accuracy alone, and not the rows: -1.
    private static Sums sums(ObjectNode at, List<String> measures) throws IOException {
        ObjectNode further = at.has("measureSums") ? Json.objectField(at, "measureSums") : Json.object();
        double[] sums = new double[measures.size()];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = measures.get(i).equals(Accuracy.NAME)
                    ? Json.longField(at, "correct")
                    : Json.doubleField(further, measures.get(i));
        }
        return new Sums(Json.doubleField(at, "lossSum"), sums, at.has("rows") ? Json.longField(at, "rows") : -1);
    }

    private static List<TuckerRanks> blockRanks(ObjectNode at) throws IOException {
        List<Integer> out = at.has("blockRanks") ? Json.intsField(at, "blockRanks") : List.of();
        List<Integer> in = at.has("blockRanksOfChannels") ? Json.intsField(at, "blockRanksOfChannels") : out;
        if (in.size() != out.size()) {
            throw new IOException(
                    "'blockRanks' and 'blockRanksOfChannels' must be as many; got %s and %s".formatted(out, in));
        }
        List<TuckerRanks> ranks = new ArrayList<>();
        for (int i = 0; i < out.size(); i++) {
            if (Math.min(out.get(i), in.get(i)) < 1) {
                throw new IOException("ranks must be at least 1; got %s and %s".formatted(out, in));
            }
            ranks.add(new TuckerRanks(out.get(i), in.get(i)));
        }
        return ranks;
    }

    private static Checkpoint read(Path folder, ObjectNode json) throws IOException {
        ObjectNode at = Json.objectField(json, "progress");
        List<String> measures = new ArrayList<>(List.of(Accuracy.NAME));
        if (at.has("measureSums")) {
            measures.addAll(Json.objectField(at, "measureSums").propertyNames());
        }
        Progress progress = new Progress(
                Json.intField(at, "epoch"),
                Json.intField(at, "batch"),
                sums(at, measures),
                measures,
                Json.intField(at, "bestEpoch"),
                Json.doubleField(at, "bestLoss"),
                Json.doubleField(at, "lastFiniteLoss"),
                Json.doubleField(at, "epochSeconds"),
                Json.doubleField(at, "seconds"),
                blockRanks(at));
        Map<String, Long> steps = new LinkedHashMap<>();
        ObjectNode stepsJson = Json.objectField(json, "optimizerSteps");
        for (String part : stepsJson.propertyNames()) {
            steps.put(part, Json.longField(stepsJson, part));
        }
        Map<String, String> sha256 = new LinkedHashMap<>();
        ObjectNode sha256Json = Json.objectField(json, "sha256");
        for (String name : sha256Json.propertyNames()) {
            sha256.put(name, Json.textField(sha256Json, name));
        }
        for (String name : new String[] {ModelChoice.LATEST.file(), MOMENTS}) {
            Json.textField(sha256Json, name);
        }
        return new Checkpoint(folder, progress, steps, sha256);
    }

    private static void make(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (IOException e) {
            throw new IOException("cannot make %s: %s".formatted(folder, Json.reason(e)), e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try {
            Files.copy(from, to);
        } catch (IOException e) {
            throw new IOException("cannot write %s: %s".formatted(to, Json.reason(e)), e);
        }
    }

    private static void requireWhole(Path file, String sha256) throws IOException {
        if (!Files.exists(file)) {
            throw new InvalidRunException("cannot read %s: it does not exist".formatted(file));
        }
        if (!DurableFiles.sha256(file).equals(sha256)) {
            try (Scope scope = Scope.open("damaged file")) {
                ModelFile.readTensors(file, scope); // says more, if its form is damaged too
            }
            throw new InvalidRunException(
                    "cannot read %s: its content is not what was written; the file is damaged".formatted(file));
        }
    }
}
