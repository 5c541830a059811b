package dev.stiefel.lab.spec;

import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.LinearSpec;
import java.util.ArrayList;
import java.util.List;

/// A chain of linear layers with ReLU between them. Low-rank methods factor all but the output layer.
record MultilayerPerceptron() implements Architecture {
    @Override
    public String word() {
        return "mlp";
    }

    @Override
    public NetworkSpec dense(RunSpec spec) {
        LayerWidths widths = spec.layers();
        DataFacts data = spec.dataFacts();
        if (widths.inputs() != data.inputs() || widths.outputs() != data.outputs()) {
            throw new IllegalArgumentException("layers must begin with %s and end with %s for data set '%s'; got %s"
                    .formatted(data.inputs(), data.outputs(), data.name(), widths));
        }
        List<LinearSpec> layers = new ArrayList<>();
        widths.hidden().forEach(width -> layers.add(LinearSpec.linear(width).relu()));
        layers.add(LinearSpec.linear(widths.outputs()));
        return NetworkSpec.chain(widths.inputs(), layers, data.usualLoss());
    }

    @Override
    public List<String> factored(NetworkSpec network) {
        List<WeightSpec> weights = network.weights();
        return weights.subList(0, weights.size() - 1).stream()
                .map(WeightSpec::name)
                .toList();
    }

    @Override
    public boolean hasWidths() {
        return true;
    }
}
