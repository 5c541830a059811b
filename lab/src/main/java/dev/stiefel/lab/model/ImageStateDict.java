package dev.stiefel.lab.model;

import dev.stiefel.lab.model.StateDict.Part;
import dev.stiefel.lab.model.StateDict.TorchModule;
import dev.stiefel.lab.spec.Architecture;
import dev.stiefel.lab.spec.Architectures;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.Window.Extent;
import dev.stiefel.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The `state_dict` of one of the networks for images that runs can have ([Architectures]), as PyTorch names its
/// tensors:
/// kernels `[out, in, height, width]`, batch normalizations with their running statistics, and linear layers.
///
/// The shapes of all tensors, in their order, determine the network ([ModuleMatching]). It is *assumed* that
/// activations, pooling and strides, of which a file says nothing, are those of the network, and that `epsilon`
/// is 1e-5.
final class ImageStateDict {
    static final String MEAN = "running_mean";
    static final String VARIANCE = "running_var";

    private static final int STEP = 32; // pixels from one usual size of images to the next
    private static final int LARGEST = 512;
    private static final int NEAR = 3; // a convolution too many, or too few
    private static final Set<String> PARTS = Set.of(StateDict.WEIGHT, StateDict.BIAS, MEAN, VARIANCE);

    private final List<TypedModule> modules = new ArrayList<>();

    /// Kind of a module.
    enum Kind {
        CONVOLUTION("a convolution"),
        NORMALIZATION("a batch normalization"),
        LINEAR("a linear layer");

        private final String shown;

        Kind(String shown) {
            this.shown = shown;
        }

        String shown() {
            return shown;
        }
    }

    /// A module of a known kind, with its weight.
    record TypedModule(TorchModule module, Kind kind, Part weight) {}

    private ImageStateDict(StateDict dict) throws IOException {
        for (TorchModule module : dict.modules()) {
            modules.add(typed(module));
        }
    }

    private static TypedModule typed(TorchModule module) throws IOException {
        for (Map.Entry<String, Part> part : module.parts().entrySet()) {
            if (!PARTS.contains(part.getKey())) {
                throw new IOException("tensor %s is none of a convolution, a batch normalization or a linear layer,"
                                .formatted(part.getValue().shown())
                        + " whose names end in .weight, .bias, .running_mean and .running_var");
            }
        }
        Part weight = module.part(StateDict.WEIGHT, "");
        int order = weight.tensor().shape().order();
        if (order == 1 || module.find(MEAN).isPresent() || module.find(VARIANCE).isPresent()) {
            for (String part : List.of(StateDict.BIAS, MEAN, VARIANCE)) {
                module.part(part, ": batch normalizations have .weight, .bias, .running_mean and .running_var");
            }
            return new TypedModule(module, Kind.NORMALIZATION, weight);
        }
        return switch (order) {
            case 2 -> new TypedModule(module, Kind.LINEAR, weight);
            case StateDict.KERNEL_ORDER -> new TypedModule(module, Kind.CONVOLUTION, weight);
            default ->
                throw new IOException(
                        "tensor %s must be [out, in, height, width] of a convolution or [out, in] of a linear layer; got %s"
                                .formatted(weight.shown(), weight.tensor().shape()));
        };
    }

    /// The dense float32 network that these tensors are. Close it.
    ///
    /// @throws IOException naming the tensor that is in the way of the network that comes nearest
    static StateDict.Converted network(StateDict dict, NetworkHint hint) throws IOException {
        return new ImageStateDict(dict).network(hint);
    }

    /// Result of taking the file for a network.
    ///
    /// @param matching matching of modules and layers so far
    /// @param problem why it is not that network; empty if it is
    private record Attempt(ModuleMatching matching, Optional<String> problem) {
        private static final Comparator<Attempt> NEAREST = Comparator.<Attempt>comparingInt(
                        each -> each.matching.distance())
                .thenComparingInt(each -> -each.matching.matched());

        /// Returns whether it is of no use to say why it is not that network.
        boolean isFar() {
            return matching.matched() == 0 && matching.distance() > NEAR;
        }
    }

    private StateDict.Converted network(NetworkHint hint) throws IOException {
        if (of(Kind.LINEAR).isEmpty()) {
            throw new IOException("a linear layer [classes, in] is missing, which all networks for images end with");
        }
        List<Architecture> candidates = candidates(hint);
        List<Attempt> attempts = new ArrayList<>();
        for (Architecture candidate : candidates) {
            Attempt attempt = attempt(candidate, hint.size());
            if (attempt.problem().isEmpty()) {
                return network(attempt.matching());
            }
            attempts.add(attempt);
        }
        Attempt nearest = attempts.stream().min(Attempt.NEAREST).orElseThrow();
        if (!nearest.isFar() || hint.architecture().isPresent()) {
            throw new IOException(nearest.problem().orElseThrow());
        }
        Part first = of(Kind.CONVOLUTION).getFirst().weight();
        throw new IOException("tensor %s, %s, is the first kernel of none of the networks %s"
                .formatted(
                        first.shown(),
                        first.tensor().shape(),
                        candidates.stream().map(Architecture::word).collect(Collectors.joining(", "))));
    }

    private static List<Architecture> candidates(NetworkHint hint) throws IOException {
        if (hint.architecture().isEmpty()) {
            return Architectures.forImages();
        }
        Architecture network = hint.architecture().get();
        if (network.usualImage().isEmpty()) {
            throw new IOException("network '%s' has no convolutions; the file has".formatted(network.word()));
        }
        return List.of(network);
    }

    private List<TypedModule> of(Kind kind) {
        return modules.stream().filter(each -> each.kind() == kind).toList();
    }

    private static StateDict.Converted network(ModuleMatching matching) throws IOException {
        try (Scope scope = Scope.open("state dict")) {
            ModuleConversion conversion = new ModuleConversion(scope, matching);
            Network network = Network.of(matching.network(), Gauge.ORTHONORMAL, conversion.tensors());
            return new StateDict.Converted(network, conversion.imported());
        }
    }

    /// Takes the file for a network of this kind.
    ///
    /// @param size of the images; empty for the usual one, or another that fits
    private Attempt attempt(Architecture architecture, Optional<Extent> size) {
        Image usual = architecture.usualImage().orElseThrow();
        Extent first = size.orElse(new Extent(usual.height(), usual.width()));
        ModuleMatching matching;
        try {
            matching = new ModuleMatching(architecture, network(architecture, first), modules);
        } catch (IllegalArgumentException e) {
            Attempt usually = attempt(architecture, Optional.empty());
            return usually.problem().isPresent()
                    ? usually
                    : new Attempt(
                            usually.matching(),
                            Optional.of("it is network '%s', which cannot take images of %s pixels: %s"
                                    .formatted(architecture.word(), first, e.getMessage())));
        }
        Optional<Extent> fitting = fittingSize(architecture, matching);
        if (fitting.isPresent() && size.isEmpty()) {
            matching = new ModuleMatching(architecture, network(architecture, fitting.get()), modules);
        }
        Optional<String> problem = matching.misfit();
        return new Attempt(
                matching,
                size.isEmpty() || fitting.isEmpty()
                        ? problem
                        : problem.map(text -> "%s, which is for images of %s pixels".formatted(text, fitting.get())));
    }

    private NetworkSpec network(Architecture architecture, Extent size) {
        int channels = of(Kind.CONVOLUTION).getFirst().weight().tensor().shape().extent(1);
        int outputs = of(Kind.LINEAR).getLast().weight().tensor().rows();
        return architecture.dense(new Image(size.height(), size.width(), channels), outputs);
    }

    /// The size of square images that does fit where the one that was tried does not: the smallest multiple of 32
    /// pixels, else the smallest.
    private Optional<Extent> fittingSize(Architecture architecture, ModuleMatching tried) {
        return tried.ofAnotherSize().flatMap(linear -> {
            int values = tried.module(linear).weight().tensor().columns();
            return Stream.concat(
                            IntStream.rangeClosed(1, LARGEST / STEP).mapToObj(i -> i * STEP),
                            IntStream.rangeClosed(1, LARGEST).boxed())
                    .map(Extent::square)
                    .filter(size -> takes(architecture, size, linear, values))
                    .findFirst();
        });
    }

    private boolean takes(Architecture architecture, Extent size, String linear, int values) {
        try {
            return network(architecture, size).weight(linear + ".weight").columns() == values;
        } catch (IllegalArgumentException e) { // too small
            return false;
        }
    }
}
