package dev.stiefel.model;

import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.PassMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// What a pass computes at a time: one node, or two that are cheaper together ([Layer#trainedWith]).
///
/// @param layer of the node, or one in the place of both
/// @param node whose output this gives
/// @param from names of the nodes and inputs that it takes
record Step(Layer layer, int node, List<String> from) {
    /// The steps through a network, in the order of the nodes that they end with.
    ///
    /// @param layers one a node
    static List<Step> of(NetworkSpec spec, List<Layer> layers, PassMode mode) {
        List<Node> nodes = spec.nodes();
        List<String> names = nodes.stream().map(Node::name).toList();
        List<String> read = nodes.stream().flatMap(each -> each.from().stream()).toList();
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            String source = node.from().getFirst();
            int before = names.indexOf(source); // -1: an input of the network
            boolean follows = before >= 0 && node.from().size() == 1 && Collections.frequency(read, source) == 1;
            Optional<Layer> both = mode == PassMode.TRAINING && follows
                    ? layers.get(before).trainedWith(layers.get(i))
                    : Optional.empty();
            if (both.isPresent()) {
                steps.removeIf(each -> each.node() == before);
                steps.add(new Step(both.get(), i, nodes.get(before).from()));
            } else {
                steps.add(new Step(layers.get(i), i, node.from()));
            }
        }
        return List.copyOf(steps);
    }
}
