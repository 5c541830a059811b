package dev.stiefel.nn;

import dev.stiefel.lowrank.Parameter;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A differentiable function of some samples, with parameters of its own.
///
/// Between layers there are matrices with one row a position, the samples one after another ([SampleRows]). A
/// layer holds its parameters; what a forward pass must remember for its backward pass is in a [Pass], so that
/// several threads can take slices of a batch through one layer at once. The executor owns the memory of outputs
/// and of their gradients. A test defines the contract of every layer: `LayerContract` in the module `testkit`.
public interface Layer {
    /// Name of the node, for messages.
    String name();

    /// The parameters, in a fixed order.
    default List<Parameter> parameters() {
        return List.of();
    }

    /// A pass for slices of any size through the layer as it is now.
    Pass pass(PassContext context);

    /// This layer and the next as one for training, if their outputs and gradients cost less together. The
    /// executor uses
    /// it where the next layer takes this one's output alone, and nobody else does.
    ///
    /// It takes this layer's inputs and gives the next one's output, has the parameters of both and the name of
    /// the next, and updates the statistics of both. The executor asks once for the life of a network: the
    /// answer must not depend on ranks or values.
    default Optional<Layer> trainedWith(Layer next) {
        return Optional.empty();
    }

    /// The values of the forward pass that the backward pass reads: the executor keeps only those.
    default Set<Kept> keeps() {
        return EnumSet.allOf(Kept.class);
    }

    /// Returns whether a pass may be given the same memory twice: for its output and its first input, and on the
    /// way back for the gradient of its last input and that of its output. The executor does so if nobody else
    /// needs the overwritten values.
    default boolean worksInPlace() {
        return false;
    }

    /// Returns whether each row of the output depends on the same row of the only input, and on nothing else: the
    /// executor may then take some rows of the samples at a time, forward and back, in an order of its own.
    default boolean worksByRow() {
        return false;
    }

    /// Returns whether a pass for [PassMode#DECODING] may be given the rows of each sample in several turns: the
    /// output's rows are then the same as if all rows had come at once.
    ///
    /// @param grows of each input, whether its rows come in turns; else the same rows come each time
    default boolean decodes(boolean[] grows) {
        return worksByRow();
    }

    /// Division of the output's rows into samples.
    ///
    /// @param inputs shapes of the inputs, one per input
    /// @param output shape of the output
    default RowLayout layout(List<RowLayout> inputs, SampleShape output) {
        RowLayout first = inputs.getFirst();
        return output.rows().isPresent()
                ? RowLayout.uniform(first.samples(), output.rows().getAsInt())
                : first;
    }

    /// Updates the running statistics, once per training step, from the passes at the step's starting point.
    ///
    /// Each pass was made for the step and went forward once for each part of its slice, in order: so a pass
    /// collects over all its [Pass#forward]s, not only the last. Statistics must not depend on how the batch was
    /// divided into slices and parts, but for rounding; nothing else may change them.
    ///
    /// @param passes one a slice of the batch, in the batch's order; made for [PassMode#TRAINING]
    default void updateStatistics(List<Pass> passes) {}

    /// The layer for one sample at a time, in plain Java; empty if it has no such form.
    default Optional<SampleFunction> sampleFunction() {
        return Optional.empty();
    }

    /// Form of the images that [#export] takes and gives. The graph converts them where they come in another.
    default ExportForm exportForm() {
        return ExportForm.ROWS;
    }

    /// Appends the layer to a graph of ONNX operators.
    ///
    /// Values there have the batch in front: `[batch, columns]` where a sample is one row, else
    /// `[batch, rows, columns]`, or for images what [#exportForm] says.
    ///
    /// @param inputs names of the input values
    /// @return name of the output value
    /// @throws UnsupportedOperationException if ONNX has no operators for it
    default String export(OperatorGraph graph, List<String> inputs) {
        throw new UnsupportedOperationException("layer '%s' cannot be exported to ONNX: %s has no operators there"
                .formatted(name(), getClass().getSimpleName()));
    }

    /// The layer as a map of columns, if that is all it does in evaluation: the layer before may then do it as
    /// well ([#exportWith]).
    default Optional<ColumnMap> columnMap() {
        return Optional.empty();
    }

    /// Appends the layer and, if its own numbers can absorb it, the map of columns that follows it.
    ///
    /// @param map one column for each of the output's
    /// @param inputs names of the input values
    /// @param result name of the value that comes out, as a proposal
    /// @return name of the output value; empty if the layer cannot, and has appended nothing
    default Optional<String> exportWith(ColumnMap map, OperatorGraph graph, List<String> inputs, String result) {
        return Optional.empty();
    }

    /// The values that a backward pass may read.
    enum Kept {
        /// The inputs.
        INPUTS,
        /// The output.
        OUTPUT
    }

    /// The way of a slice of a batch forward and back. A slice may come in parts, and a pass may be used again,
    /// for slices of any size: forward, back, forward, back, …
    interface Pass {
        /// Takes a slice, or the next part of one, forward. Sums for [Layer#updateStatistics] continue those of
        /// the parts before.
        ///
        /// @param inputs one an input; those that [Layer#keeps] names stay as they are until the way
        ///     back is done
        /// @param output `[rows, columns]`: written whole
        void forward(List<SampleRows> inputs, Tensor output);

        /// Takes the gradient of the loss back, once after each [#forward].
        ///
        /// @param delta `∂loss/∂output`, as large as the output; may be overwritten
        /// @param gradients destinations of the gradients of the parameters; the gradients are written at once,
        ///     or when it is told to [finish][ParameterGradients#finish], with the scope of the pass still open
        void backward(Tensor delta, ParameterGradients gradients);

        /// After [#backward], and only where it is needed: the gradient of the loss with respect to an input.
        ///
        /// @param input number of the input, from 0
        /// @param into `∂loss/∂input`, as large as the input
        /// @param how writes or adds
        void inputGradient(int input, Tensor into, Accumulation how);

        /// Selects samples while decoding, between two turns: the next rows continue the given samples of before.
        ///
        /// @param from for each following sample, the earlier sample that it continues; one may occur several
        ///     times
        default void goOnFrom(int[] from) {}
    }
}
