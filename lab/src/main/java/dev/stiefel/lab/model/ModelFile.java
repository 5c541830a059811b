package dev.stiefel.lab.model;

import dev.stiefel.data.own.Schema;
import dev.stiefel.io.Safetensors;
import dev.stiefel.io.Safetensors.SafetensorsFile;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lab.text.Words;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkJson;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.SpecTypes;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/// Networks in safetensors files. The metadata key `stiefel` holds the network's description as JSON, so that
/// the file alone can be rebuilt; where it comes from a run, `stiefel.run` holds the run's options and
/// `stiefel.data` what is done to raw samples, also as JSON. A file without that key is read as PyTorch's
/// `state_dict` of a chain of linear layers, with ReLU between them, or of one of the networks for images that runs can
/// have.
public final class ModelFile {
    private static final String NETWORK = "stiefel";
    private static final String RUN = "stiefel.run";
    private static final String DATA = "stiefel.data";

    private ModelFile() {}

    private static NetworkJson json() {
        return new NetworkJson(SpecTypes.installed());
    }

    /// Writes a network, replacing the file whole or not at all.
    public static void write(Path file, Network network) throws IOException {
        Safetensors.write(file, network.tensors(), Map.of(NETWORK, Json.compact(describe(network))));
    }

    /// The same for a network that comes from a run.
    public static void write(Path file, Network network, ModelOrigin origin) throws IOException {
        Safetensors.write(file, network.tensors(), metadata(network, origin));
    }

    /// The same for a file that a crash makes worthless.
    public static void writeScratch(Path file, Network network, ModelOrigin origin) throws IOException {
        Safetensors.writeScratch(file, network.tensors(), metadata(network, origin));
    }

    private static Map<String, String> metadata(Network network, ModelOrigin origin) throws IOException {
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put(NETWORK, Json.compact(describe(network)));
        metadata.put(RUN, Json.compact(origin.spec().toJson()));
        if (origin.preparation().isPresent()) {
            metadata.put(DATA, Json.compact(origin.preparation().get().toJson()));
        }
        return metadata;
    }

    /// The network in a file. Close it.
    ///
    /// @throws InvalidRunException if the file is neither, or damaged, or a number in it is not finite
    /// @throws IOException if it cannot be read
    public static Network read(Path file) throws IOException {
        return load(file).network();
    }

    /// A network read from a file, and what the file says beside it.
    ///
    /// @param spec specification of its run
    /// @param preparation preparation of raw samples
    /// @param imported origin of each tensor of a foreign file; none for a file of ours
    public record Loaded(
            Network network, Optional<RunSpec> spec, Optional<Preparation> preparation, List<ImportedTensor> imported) {
        /// Copies the list.
        public Loaded {
            imported = List.copyOf(imported);
        }

        /// Makes the result for a file of ours.
        public Loaded(Network network, Optional<RunSpec> spec, Optional<Preparation> preparation) {
            this(network, spec, preparation, List.of());
        }
    }

    /// The network in a file, with what the file says of its run. Close the network.
    public static Loaded load(Path file) throws IOException {
        return load(file, NetworkHint.NONE);
    }

    /// The same for a file that may say little.
    ///
    /// @param hint further facts about its network, for a file of names and numbers only
    public static Loaded load(Path file, NetworkHint hint) throws IOException {
        if (!Files.exists(file)) {
            throw new InvalidRunException("cannot read %s: it does not exist".formatted(file));
        }
        if (!Files.isReadable(file)) {
            throw new IOException("cannot read %s: permission denied".formatted(file));
        }
        try (Scope scope = Scope.open("model file")) {
            ForeignFile.requireSafetensors(file);
            List<String> names = new ArrayList<>();
            boolean foreign = !readTensors(file, scope, name -> !names.add(name))
                    .metadata()
                    .containsKey(NETWORK);
            if (foreign) {
                ForeignTensors.requireNone(file, names);
            }
            SafetensorsFile saved = readTensors(file, scope, name -> !foreign || StateDict.isRead(name));
            if (foreign) {
                StateDict.Converted converted = foreign(file, saved, hint);
                return new Loaded(converted.network(), Optional.empty(), Optional.empty(), converted.tensors());
            }
            try {
                return rebuild(saved);
            } catch (IOException | IllegalArgumentException e) {
                throw new InvalidRunException(
                        "cannot read %s: %s".formatted(file, Json.oneLine(String.valueOf(e.getMessage()))), e);
            }
        }
    }

    /// The preparation of raw samples in a model's file; its weights are not read.
    ///
    /// @throws InvalidRunException if the file is damaged
    public static Optional<Preparation> preparation(Path file) throws IOException {
        try (Scope scope = Scope.open("model file")) {
            String data = readTensors(file, scope, _ -> false).metadata().get(DATA);
            return data == null ? Optional.empty() : Optional.of(Preparation.read(Json.parse(data)));
        } catch (InvalidRunException e) {
            throw e;
        } catch (IOException e) {
            throw new InvalidRunException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// All tensors in a safetensors file, whatever they are.
    ///
    /// @throws InvalidRunException if the file is damaged
    public static SafetensorsFile readTensors(Path file, Scope scope) throws IOException {
        return readTensors(file, scope, _ -> true);
    }

    private static SafetensorsFile readTensors(Path file, Scope scope, Predicate<String> wanted) throws IOException {
        try {
            return Safetensors.read(file, scope, wanted);
        } catch (IOException e) {
            throw new InvalidRunException(String.valueOf(e.getMessage()), e);
        }
    }

    private static StateDict.Converted foreign(Path file, SafetensorsFile saved, NetworkHint hint) throws IOException {
        try {
            return StateDict.network(withShared(saved), hint);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidRunException(
                    "cannot read %s: without the metadata key '%s' it must be a state dict of PyTorch: %s"
                            .formatted(file, NETWORK, e.getMessage()),
                    e);
        }
    }

    /// The tensors, and those that share theirs with another: safetensors' `save_model` writes each once, and says in
    /// the
    /// metadata which name stands for which.
    private static Map<String, Tensor> withShared(SafetensorsFile saved) {
        Map<String, Tensor> tensors = new LinkedHashMap<>(saved.tensors());
        saved.metadata().forEach((name, same) -> {
            Tensor shared = saved.tensors().get(same);
            if (shared != null && StateDict.isRead(name)) {
                tensors.putIfAbsent(name, shared);
            }
        });
        return tensors;
    }

    private static Loaded rebuild(SafetensorsFile saved) throws IOException {
        ObjectNode json = Json.parse(String.valueOf(saved.metadata().get(NETWORK)));
        Gauge gauge = Json.wordField(Gauge.class, json, "gauge");
        String run = saved.metadata().get(RUN);
        Optional<RunSpec> spec = run == null ? Optional.empty() : Optional.of(RunSpec.read(Json.parse(run)));
        String data = saved.metadata().get(DATA);
        Optional<Preparation> preparation =
                data == null ? Optional.empty() : Optional.of(Preparation.read(Json.parse(data)));
        NetworkSpec described = json().read(json);
        if (preparation.isPresent()) {
            requireFit(described, preparation.get().schema());
        }
        FiniteCheck.require(saved.tensors());
        return new Loaded(Network.of(described, gauge, saved.tensors()), spec, preparation);
    }

    private static void requireFit(NetworkSpec network, Schema schema) throws IOException {
        List<SampleShape> inputs =
                network.inputs().stream().map(NetworkSpec.Input::shape).toList();
        if (!Preparation.tokens(schema).isEmpty() || inputs.getFirst() instanceof SampleShape.Tokens) {
            if (!inputs.equals(Preparation.tokens(schema)) || schema.outputs().width() != network.outputs()) {
                throw new IOException("'%s' describes texts of %s for %s outputs; the network takes %s for %s"
                        .formatted(
                                DATA,
                                Preparation.tokens(schema),
                                schema.outputs().width(),
                                inputs,
                                network.outputs()));
            }
            return;
        }
        if (schema.inputs().width() != network.inputValues() || schema.outputs().width() != network.outputs()) {
            throw new IOException("'%s' describes samples of %s values for %s outputs; the network takes %s for %s"
                    .formatted(
                            DATA,
                            schema.inputs().width(),
                            schema.outputs().width(),
                            network.inputValues(),
                            network.outputs()));
        }
    }

    private static ObjectNode describe(Network network) {
        return json().toJson(network.spec()).put("gauge", Words.of(network.gauge()));
    }
}
