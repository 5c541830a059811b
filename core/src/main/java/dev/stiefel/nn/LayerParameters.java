package dev.stiefel.nn;

import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;

/// The live parameters and running statistics of one layer, by their names within it.
public final class LayerParameters {
    private final Map<String, Parameter> parameters;
    private final Map<String, Tensor> statistics;

    /// Makes a collection of these parameters, by their names within the layer.
    public LayerParameters(Map<String, Parameter> parameters, Map<String, Tensor> statistics) {
        this.parameters = new LinkedHashMap<>(parameters);
        this.statistics = new LinkedHashMap<>(statistics);
    }

    /// The parameter of this name.
    public Parameter parameter(String name) {
        Parameter found = parameters.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "layer: there is no parameter '%s'; there are %s".formatted(name, parameters.keySet()));
        }
        return found;
    }

    /// The statistic of this name.
    public Tensor statistic(String name) {
        Tensor found = statistics.get(name);
        if (found == null) {
            throw new IllegalArgumentException(
                    "layer: there is no statistic '%s'; there are %s".formatted(name, statistics.keySet()));
        }
        return found;
    }
}
