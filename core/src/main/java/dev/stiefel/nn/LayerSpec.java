package dev.stiefel.nn;

import dev.stiefel.lowrank.TuckerRanks;
import java.util.List;
import java.util.OptionalInt;

/// Description of a layer without its weights: a value that is written to and read from JSON, as a record of
/// numbers, words and lists. [Layer] is the live side.
///
/// A user's own layer is a record that implements this, and a class that implements [Layer].
public interface LayerSpec {
    /// Shape of the output.
    ///
    /// @param inputs shapes of the inputs, one an input
    /// @throws IllegalArgumentException if the layer cannot take them
    SampleShape output(List<SampleShape> inputs);

    /// The parameters and running statistics of the layer, in the order in which they get their initial values.
    default List<ParameterSpec> parameters(List<SampleShape> inputs) {
        return List.of();
    }

    /// The same layer with one of its weights factored, or dense.
    ///
    /// A layer with weight matrices must override it: it is called for each of them that is factored or changes
    /// its rank.
    ///
    /// @param weight name of the weight within the layer
    /// @param rank initial rank of its factors; empty for a dense weight
    /// @throws IllegalArgumentException if there is no such weight, or it cannot be factored
    default LayerSpec withRank(String weight, OptionalInt rank) {
        throw new IllegalArgumentException(
                "layer %s has no weight '%s' that can be factored; override withRank if it has"
                        .formatted(this, weight));
    }

    /// The same layer with one of its weights, a convolution's kernel, in Tucker form.
    ///
    /// A layer whose weights may have that form must override it, as it does [#withRank].
    ///
    /// @param weight name of the weight within the layer
    /// @param ranks initial ranks; the kernel's own are the nearest that it can have
    /// @throws IllegalArgumentException if there is no such weight, or it cannot have that form
    default LayerSpec withTucker(String weight, TuckerRanks ranks) {
        throw new IllegalArgumentException(
                "layer %s has no weight '%s' that can have the Tucker form; use a convolution, or the form U S Vᵀ"
                        .formatted(this, weight));
    }

    /// The live layer.
    ///
    /// @param name of the node
    /// @param inputs shapes of the inputs
    /// @param kept the requested parameters and statistics
    Layer build(String name, List<SampleShape> inputs, LayerParameters kept);

    /// The number of samples of a batch that belong together, because the layer computes statistics over them; at
    /// least
    /// 1. Batches are divided between threads, and into parts, between such groups only: what a pass is given
    /// is divided into groups by [SampleGroups]. The last one has between half and one and a half times as many
    /// samples, or is the whole batch if that is smaller. All layers of a network that ask for more than 1 must
    /// ask for the same.
    default int samplesPerGroup() {
        return 1;
    }
}
