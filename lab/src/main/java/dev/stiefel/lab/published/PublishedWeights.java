package dev.stiefel.lab.published;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.io.Npy;
import dev.stiefel.io.Sha256;
import dev.stiefel.lab.model.FiniteCheck;
import dev.stiefel.lab.model.ImportedTensor;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.RunRecord;
import dev.stiefel.linalg.OrthonormalBasis;
import dev.stiefel.lowrank.Factors;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.Activation;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.SoftmaxCrossEntropy;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Shape;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A folder of weights as the code published with arXiv 2205.13571 (CSMMLab/DLRT-Net) saves them: some `.npy`
/// files a layer, numbered from 0.
///
/// | files | layer |
/// |---|---|
/// | `aux_U0` `[in, r]`, `s0` `[r, r]`, `aux_Vt0` `[r, out]`, `b0` | factored |
/// | `w0` or `w_0` `[in, out]`, with `b0` or `b_0` | dense |
/// | `w_out` `[in, out]`, `b_out` | dense, after all others |
///
/// There `x [B, in]` stands on the left, `x U S Vᵀ + b`, where ours is `x V Sᵀ Uᵀ + b`: their `aux_U` is our `V`,
/// their `aux_Vtᵀ` our `U`, their `sᵀ` our `S`. Bases that are not orthonormal to rounding, as before the first
/// step, are made so by QR and the rest put into `S`. If `s` is `[2r, 2r]`, as rank-adaptive layers save it, its
/// leading `[r, r]` counts. Between layers there is ReLU, after the last nothing.
///
/// Not read: `k`, `l_t` (which the next step overwrites), `aux_Unp1`, `aux_Vtnp1`, `aux_N`, `aux_M` (what a step
/// leaves behind), and files of other names. Early versions of that code cut rank-adaptive layers' `aux_Vt` along
/// the wrong axis; such a folder has lost columns, and is refused.
public final class PublishedWeights {
    private static final Pattern NUMBERED = Pattern.compile("(aux_U|aux_Vt|s|w_?)(0|[1-9][0-9]{0,3})\\.npy");

    private final Path folder;
    private final TreeMap<Integer, Kind> kinds = new TreeMap<>();
    private final List<Path> read = new ArrayList<>();
    private final List<LinearSpec> layers = new ArrayList<>();
    private final List<ImportedTensor> imported = new ArrayList<>();
    private final Map<String, Tensor> tensors = new LinkedHashMap<>();
    private int inputs;

    /// Kind of a saved layer.
    private enum Kind {
        FACTORED("aux_U"),
        DENSE("w"),
        DENSE_UNDERSCORED("w_");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    /// A network read from a folder.
    ///
    /// @param sha256 of all files that were read
    /// @param imported origin of each tensor, by file
    public record Loaded(Network network, String sha256, List<ImportedTensor> imported) {
        /// Copies the list.
        public Loaded {
            imported = List.copyOf(imported);
        }
    }

    private PublishedWeights(Path folder) {
        this.folder = folder;
    }

    /// Returns whether a path is a folder that has the first layer of such a network, and is no run.
    public static boolean is(Path path) {
        return Files.isDirectory(path)
                && !Files.exists(path.resolve(RunRecord.FILE))
                && Stream.of("aux_U0.npy", "s0.npy", "k0.npy", "w0.npy", "w_0.npy")
                        .anyMatch(name -> Files.exists(path.resolve(name)));
    }

    /// The float32 network in a folder.
    ///
    /// @throws InvalidRunException naming the file that is missing, damaged or does not fit
    public static Loaded load(Path folder) throws IOException {
        PublishedWeights weights = new PublishedWeights(folder);
        try (Scope scope = Scope.open("published weights")) {
            weights.list();
            weights.readAll(scope);
            NetworkSpec spec = NetworkSpec.chain(weights.inputs, weights.layers, new SoftmaxCrossEntropy());
            return new Loaded(Network.of(spec, Gauge.ORTHONORMAL, weights.tensors), weights.sha256(), weights.imported);
        } catch (InvalidRunException e) {
            throw e;
        } catch (IOException | IllegalArgumentException e) {
            String said = String.valueOf(e.getMessage());
            throw new InvalidRunException(
                    said.startsWith("cannot read ") ? said : "cannot read %s: %s".formatted(folder, said), e);
        }
    }

    private void list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Matcher name = NUMBERED.matcher(String.valueOf(file.getFileName()));
                if (name.matches()) {
                    note(Integer.parseInt(name.group(2)), kind(name.group(1)));
                }
            }
        }
        for (int i = 0; i < kinds.size(); i++) {
            if (!kinds.containsKey(i)) {
                throw new IOException(
                        "layer %s is missing: there is no aux_U%s.npy, w%s.npy or w_%s.npy, but a layer %s"
                                .formatted(i, i, i, i, kinds.lastKey()));
            }
        }
    }

    private static Kind kind(String prefix) {
        return switch (prefix) {
            case "w" -> Kind.DENSE;
            case "w_" -> Kind.DENSE_UNDERSCORED;
            default -> Kind.FACTORED;
        };
    }

    private void note(int layer, Kind kind) throws IOException {
        Kind before = kinds.put(layer, kind);
        if (before != null && before != kind) {
            throw new IOException("layer %s is there twice: as %s%s.npy and as %s%s.npy"
                    .formatted(layer, before.prefix, layer, kind.prefix, layer));
        }
    }

    private void readAll(Scope scope) throws IOException {
        for (Map.Entry<Integer, Kind> entry : kinds.entrySet()) {
            int i = entry.getKey();
            switch (entry.getValue()) {
                case FACTORED -> readFactored(scope, i);
                case DENSE -> readDense(scope, "w" + i, "b" + i);
                case DENSE_UNDERSCORED -> readDense(scope, "w_" + i, "b_" + i);
            }
        }
        if (Files.exists(file("w_out"))) {
            readDense(scope, "w_out", "b_out");
        }
        if (layers.isEmpty()) {
            throw new IOException("it has no aux_U0.npy, w0.npy or w_0.npy, which a network's first layer has");
        }
        LinearSpec last = layers.removeLast();
        layers.add(new LinearSpec(last.outputs(), Activation.IDENTITY, last.rank()));
    }

    private void readFactored(Scope scope, int i) throws IOException {
        Tensor theirU = matrix(scope, "aux_U" + i); // [in, r]
        int in = theirU.rows();
        int r = theirU.columns();
        Tensor bias = vector(scope, "b" + i);
        int out = (int) bias.size();
        if (r < 1 || r > Math.min(in, out)) {
            throw wrong(
                    "aux_U" + i,
                    "a rank in [1, %s] for %s inputs and %s outputs".formatted(Math.min(in, out), in, out),
                    theirU);
        }
        Tensor theirVt = matrix(scope, "aux_Vt" + i);
        if (!theirVt.shape().equals(Shape.of(r, out))) {
            throw new InvalidRunException(
                    "cannot read %s: it must be [%s, %s]; got %s; rank-adaptive layers of the published code were saved"
                                    .formatted(file("aux_Vt" + i), r, out, theirVt.shape())
                            + " without most columns, which cannot be recovered");
        }
        Tensor theirS = matrix(scope, "s" + i);
        boolean adaptive = theirS.shape().equals(Shape.of(2 * r, 2 * r));
        if (!adaptive && !theirS.shape().equals(Shape.of(r, r))) {
            throw wrong("s" + i, "[%s, %s] or [%s, %s]".formatted(r, r, 2 * r, 2 * r), theirS);
        }
        Tensor core = adaptive ? theirS.rows(0, r).columnRange(0, r).copy(scope) : theirS;
        Tensor A = Ops.transpose(scope, theirVt); // [out, r]
        Tensor C = Ops.transpose(scope, core);
        Tensor U = basis(scope, A);
        Tensor V = basis(scope, theirU);
        Tensor left = U == A ? C : Ops.matmul(scope, Ops.matmulTN(scope, U, A), C);
        Tensor S = V == theirU ? left : Ops.matmulNT(scope, left, Ops.matmulTN(scope, V, theirU));
        String name = add(in, out, OptionalInt.of(r), "aux_U" + i, theirU, bias);
        imported.add(ImportedTensor.of("aux_U" + i + ".npy", theirU.shape(), name + ".V"));
        imported.add(ImportedTensor.of("s" + i + ".npy", theirS.shape(), name + ".S"));
        imported.add(ImportedTensor.of("aux_Vt" + i + ".npy", theirVt.shape(), name + ".U"));
        imported.add(becomingBias("b" + i, bias, name));
        tensors.put(name + ".U", U);
        tensors.put(name + ".S", S);
        tensors.put(name + ".V", V);
    }

    /// The matrix itself, if its columns are orthonormal as far as [Factors#of] asks, else their basis.
    private static Tensor basis(Scope scope, Tensor A) {
        double most = OrthonormalBasis.tolerance(A.type(), A.rows(), A.columns());
        return OrthonormalBasis.error(A) <= most ? A : OrthonormalBasis.of(scope, A);
    }

    private void readDense(Scope scope, String weight, String bias) throws IOException {
        Tensor theirs = matrix(scope, weight); // [in, out]
        Tensor b = vector(scope, bias);
        if (theirs.size() == 0) {
            throw wrong(weight, "[in, out], at least 1 each", theirs);
        }
        if (b.size() != theirs.columns()) {
            throw wrong(bias, "[%s], as %s has columns".formatted(theirs.columns(), weight + ".npy"), b);
        }
        String name = add(theirs.rows(), theirs.columns(), OptionalInt.empty(), weight, theirs, b);
        imported.add(ImportedTensor.of(weight + ".npy", theirs.shape(), name));
        imported.add(becomingBias(bias, b, name));
        tensors.put(name, Ops.transpose(scope, theirs));
    }

    private static ImportedTensor becomingBias(String file, Tensor bias, String weight) {
        return ImportedTensor.of(file + ".npy", bias.shape(), weight.replaceFirst("weight$", "bias"));
    }

    /// Adds a layer but for its weight; returns the weight's name.
    private String add(int in, int out, OptionalInt rank, String file, Tensor theirs, Tensor bias) throws IOException {
        if (layers.isEmpty()) {
            inputs = in;
        } else if (in != layers.getLast().outputs()) {
            throw wrong(
                    file,
                    "[%s, …] to follow the layer before it"
                            .formatted(layers.getLast().outputs()),
                    theirs);
        }
        String prefix = "layers." + layers.size();
        layers.add(new LinearSpec(out, Activation.RELU, rank));
        tensors.put(prefix + ".bias", bias);
        return prefix + ".weight";
    }

    private Tensor matrix(Scope scope, String name) throws IOException {
        Tensor tensor = single(scope, name);
        if (tensor.shape().order() != 2) {
            throw wrong(name, "a matrix", tensor);
        }
        return tensor;
    }

    private Tensor vector(Scope scope, String name) throws IOException {
        Tensor tensor = single(scope, name);
        if (tensor.shape().order() != 1) {
            throw wrong(name, "a vector", tensor);
        }
        return tensor;
    }

    /// The tensor as float32, all of it finite.
    private Tensor single(Scope scope, String name) throws IOException {
        Path file = file(name);
        Tensor tensor = Npy.read(file, scope);
        if (tensor.type() == DType.FLOAT64) {
            boolean matrix = tensor.shape().order() == 2;
            int size = (int) tensor.size();
            tensor = matrix
                    ? Ops.cast(scope, tensor, DType.FLOAT32)
                    : Ops.cast(scope, tensor.slice(0, 1, size), DType.FLOAT32).slice(0, size);
        }
        FiniteCheck.require(name + ".npy", tensor);
        read.add(file);
        return tensor;
    }

    private IOException wrong(String name, String wanted, Tensor got) {
        return new InvalidRunException(
                "cannot read %s: it must be %s; got %s".formatted(file(name), wanted, got.shape()));
    }

    private Path file(String name) {
        return folder.resolve(name + ".npy");
    }

    /// The checksum of the names and checksums of all files that were read, as `sha256sum` prints them.
    private String sha256() throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Path file : read.stream().sorted().toList()) {
            lines.append("%s  %s\n".formatted(DurableFiles.sha256(file), file.getFileName()));
        }
        return Sha256.of(lines.toString().getBytes(StandardCharsets.UTF_8));
    }
}
