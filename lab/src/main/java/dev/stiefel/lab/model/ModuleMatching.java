package dev.stiefel.lab.model;

import dev.stiefel.lab.model.ImageStateDict.Kind;
import dev.stiefel.lab.model.ImageStateDict.TypedModule;
import dev.stiefel.lab.model.StateDict.Part;
import dev.stiefel.lab.spec.Architecture;
import dev.stiefel.lab.text.Json;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.ActivationSpec;
import dev.stiefel.nn.BatchNormSpec;
import dev.stiefel.nn.Bias;
import dev.stiefel.nn.ConvolutionSpec;
import dev.stiefel.nn.DropoutSpec;
import dev.stiefel.nn.LinearSpec;
import dev.stiefel.nn.ReshapeSpec;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.nn.Window.Extent;
import dev.stiefel.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// PyTorch's modules as the layers of one of our networks, as far as they fit.
///
/// Layers take modules one after another. In a residual network whose modules have the usual names, by these
/// ([ResidualNames]); where convolutions and normalizations are numbered (`0`, `features.3`), in the order of
/// their numbers; else each kind of module separately, in natural order of the names. Linear layers come last.
final class ModuleMatching {
    private static final int KERNEL_WEIGHT = 3;

    private final String word;
    private final NetworkSpec network;
    private final List<TypedModule> left; // in natural order
    private final Map<String, TypedModule> matched = new LinkedHashMap<>(); // by node
    private final int distance;
    private Optional<String> misfit = Optional.empty();
    private Optional<String> ofAnotherSize = Optional.empty();

    /// Order in which layers find their modules.
    private enum Order {
        NAMED,
        NUMBERED,
        BY_KIND
    }

    /// @param network of this architecture, dense
    /// @param modules in natural order of their names
    ModuleMatching(Architecture architecture, NetworkSpec network, List<TypedModule> modules) {
        this.word = architecture.word();
        this.network = network;
        this.left = new ArrayList<>(modules);
        this.distance = Arrays.stream(Kind.values())
                .mapToInt(kind -> (kind == Kind.CONVOLUTION ? KERNEL_WEIGHT : 1) * difference(kind))
                .sum();
        String common = commonPrefix(modules);
        Order order = order(common);
        for (Node node : network.nodes()) {
            if (misfit.isEmpty()) {
                kind(node).ifPresent(kind -> match(node, kind, order, common));
            }
        }
        if (misfit.isEmpty()) {
            misfit = left.stream()
                    .findFirst()
                    .map(each -> "tensor %s has no place in network '%s'"
                            .formatted(each.weight().shown(), word));
        }
        if (misfit.isEmpty()) {
            misfit = missingBias();
        }
    }

    /// The difference between the numbers of the modules and of the network's layers of a kind.
    private int difference(Kind kind) {
        long layers = network.nodes().stream()
                .filter(node -> kind(node).equals(Optional.of(kind)))
                .count();
        long modules = left.stream().filter(each -> each.kind() == kind).count();
        return Math.abs(Math.toIntExact(layers - modules));
    }

    private static Optional<Kind> kind(Node node) {
        return switch (node.layer()) {
            case ConvolutionSpec _ -> Optional.of(Kind.CONVOLUTION);
            case BatchNormSpec _ -> Optional.of(Kind.NORMALIZATION);
            case LinearSpec _ -> Optional.of(Kind.LINEAR);
            default -> Optional.empty();
        };
    }

    private Order order(String common) {
        boolean residual =
                ResidualNames.apply(network.nodes().stream().map(Node::name).toList());
        if (residual && left.stream().anyMatch(each -> each.module().name().startsWith(common + "layer1.0."))) {
            return Order.NAMED;
        }
        boolean numbered = left.stream()
                .filter(each -> each.kind() != Kind.LINEAR)
                .allMatch(each -> each.module().name().matches("(?s)(.*\\.)?[0-9]+"));
        return numbered ? Order.NUMBERED : Order.BY_KIND;
    }

    /// The common prefix of all names: `module.`, or nothing.
    private static String commonPrefix(List<TypedModule> modules) {
        String first = modules.getFirst().module().name();
        for (int dot = first.lastIndexOf('.'); dot >= 0; dot = first.lastIndexOf('.', dot - 1)) {
            String prefix = first.substring(0, dot + 1);
            if (modules.stream().allMatch(each -> each.module().name().startsWith(prefix))) {
                return prefix;
            }
        }
        return "";
    }

    private void match(Node node, Kind kind, Order order, String common) {
        List<String> names = ResidualNames.of(node.name()).stream()
                .map(name -> common + name)
                .toList();
        Optional<TypedModule> found = left.stream()
                .filter(each -> switch (order) {
                    case NAMED ->
                        kind == Kind.LINEAR
                                ? each.kind() == Kind.LINEAR
                                : names.contains(each.module().name());
                    case NUMBERED -> (each.kind() == Kind.LINEAR) == (kind == Kind.LINEAR);
                    case BY_KIND -> each.kind() == kind;
                })
                .findFirst();
        if (found.isEmpty()) {
            misfit = Optional.of(
                    order == Order.NAMED && kind != Kind.LINEAR
                            ? "tensor '%s.weight' is missing: it is '%s' of network '%s'"
                                    .formatted(Json.oneLine(names.getFirst()), node.name(), word)
                            : "%s is missing: network '%s' has one more, '%s' %s"
                                    .formatted(kind.shown(), word, node.name(), weightShape(node)));
            return;
        }
        TypedModule module = found.get();
        if (module.kind() != kind) {
            misfit = Optional.of("tensor %s is of %s; network '%s' has %s there, '%s' %s"
                    .formatted(
                            module.weight().shown(),
                            module.kind().shown(),
                            word,
                            kind.shown(),
                            node.name(),
                            weightShape(node)));
            return;
        }
        misfit = wrongShape(node, module);
        if (misfit.isEmpty()) {
            matched.put(node.name(), module);
            left.remove(module);
        } else if (kind == Kind.LINEAR && flattened(network, node).isPresent()) {
            Shape shape = module.weight().tensor().shape();
            if (shape.extent(0) == weightShape(node).extent(0)) {
                ofAnotherSize = Optional.of(node.name());
                matched.put(node.name(), module);
            }
        }
    }

    private Optional<String> wrongShape(Node node, TypedModule module) {
        Shape weight = weightShape(node);
        Optional<String> wrong = wrongShape(node, module.weight(), weight);
        for (Map.Entry<String, Part> part : module.module().parts().entrySet()) {
            if (wrong.isEmpty() && !part.getKey().equals(StateDict.WEIGHT)) {
                wrong = wrongShape(node, part.getValue(), Shape.of(weight.extent(0)));
            }
        }
        return wrong;
    }

    private Optional<String> wrongShape(Node node, Part part, Shape wanted) {
        Shape got = part.tensor().shape();
        return got.equals(wanted)
                ? Optional.empty()
                : Optional.of("tensor %s must be %s, as '%s' of network '%s' for images %s; got %s"
                        .formatted(
                                part.shown(),
                                wanted,
                                node.name(),
                                word,
                                network.inputs().getFirst().shape(),
                                got));
    }

    /// The shape that PyTorch gives the weight of a layer.
    private Shape weightShape(Node node) {
        return switch (node.layer()) {
            case ConvolutionSpec convolution -> {
                Extent kernel = convolution.window().kernel();
                int channels = network.inputShapes(node).getFirst().columns();
                yield Shape.of(convolution.outputs(), channels, kernel.height(), kernel.width());
            }
            case LinearSpec linear ->
                Shape.of(linear.outputs(), network.inputShapes(node).getFirst().columns());
            default -> Shape.of(network.inputShapes(node).getFirst().columns());
        };
    }

    /// Biases in front of a batch normalization may be missing; of all others either none is or all are.
    private Optional<String> missingBias() {
        List<TypedModule> biased = network.nodes().stream()
                .filter(ModuleMatching::hasBias)
                .map(node -> module(node.name()))
                .toList();
        if (biased.stream().noneMatch(each -> each.module().find(StateDict.BIAS).isPresent())) {
            return Optional.empty();
        }
        return biased.stream()
                .filter(each -> each.module().find(StateDict.BIAS).isEmpty())
                .findFirst()
                .map(each -> "tensor '%s' is missing: all layers must have a bias, or none"
                        .formatted(Json.oneLine(each.module().fullName(StateDict.BIAS))));
    }

    private static boolean hasBias(Node node) {
        return node.layer() instanceof LinearSpec
                || (node.layer() instanceof ConvolutionSpec convolution && convolution.bias() == Bias.TRAINED);
    }

    /// The shape of the images whose values a linear layer takes as one row, if it takes any.
    static Optional<Image> flattened(NetworkSpec network, Node linear) {
        Map<String, Node> nodes = new HashMap<>();
        network.nodes().forEach(node -> nodes.put(node.name(), node));
        Node before = nodes.get(linear.from().getFirst());
        while (before != null && (before.layer() instanceof DropoutSpec || before.layer() instanceof ActivationSpec)) {
            before = nodes.get(before.from().getFirst());
        }
        return before != null
                        && before.layer() instanceof ReshapeSpec reshape
                        && reshape.rows() == 1
                        && network.inputShapes(before).getFirst() instanceof Image image
                ? Optional.of(image)
                : Optional.empty();
    }

    /// The network that the modules are, if there is no [#misfit].
    NetworkSpec network() {
        return network;
    }

    /// The first thing that does not fit.
    Optional<String> misfit() {
        return misfit;
    }

    /// The linear layer that does not fit because it is for images of another size.
    Optional<String> ofAnotherSize() {
        return ofAnotherSize;
    }

    /// The module that is a layer of this name, as far as they were matched.
    TypedModule module(String node) {
        return Objects.requireNonNull(matched.get(node), node);
    }

    /// The distance of the modules from the network, by their numbers: convolutions count most.
    int distance() {
        return distance;
    }

    /// The number of layers with a module that fits.
    int matched() {
        return matched.size();
    }
}
