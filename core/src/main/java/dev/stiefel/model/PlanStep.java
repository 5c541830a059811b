package dev.stiefel.model;

import dev.stiefel.model.NetworkSpec.Node;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.PassMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/// A step of an [ExecutionPlan]: one node, or two that are computed together ([Layer#trainedWith]).
///
/// @param layer of the node, or one in the place of both
/// @param node whose output this gives
/// @param from names of the nodes and inputs that it takes
record PlanStep(Layer layer, int node, List<String> from) {
    /// The steps through a network, in the order of their last nodes.
    ///
    /// @param layers one a node
    static List<PlanStep> of(NetworkSpec spec, List<Layer> layers, PassMode mode) {
        List<Node> nodes = spec.nodes();
        List<String> names = nodes.stream().map(Node::name).toList();
        List<String> read = nodes.stream().flatMap(each -> each.from().stream()).toList();
        List<PlanStep> steps = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            String source = node.from().getFirst();
            int before = names.indexOf(source); // -1: an input of the network
            boolean follows = node.from().size() == 1 && Collections.frequency(read, source) == 1;
            PlanStep own = new PlanStep(layers.get(i), i, node.from());
            Optional<PlanStep> joint = mode == PassMode.TRAINING && follows
                    ? steps.stream()
                            .filter(each -> each.node() == before)
                            .findFirst()
                            .flatMap(each -> each.with(own))
                    : Optional.empty();
            joint.ifPresent(both -> steps.removeIf(each -> each.node() == before));
            steps.add(joint.orElse(own));
        }
        return List.copyOf(steps);
    }

    private Optional<PlanStep> with(PlanStep next) {
        return layer.trainedWith(next.layer).map(both -> new PlanStep(both, next.node, from));
    }
}
