package dev.stiefel.model;

import dev.stiefel.nn.Layer;
import dev.stiefel.nn.Objective;
import dev.stiefel.nn.ParameterGradients;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.PassContext;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.nn.Sums;
import dev.stiefel.nn.Targets;
import dev.stiefel.tensor.Rng;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way of slices through a whole network and back, as often as one likes. Its memory is in the scope it was
/// made with, and grows to that of the largest slice.
public final class NetworkPass {
    private static final int BLOCK = 1 << 21; // elements of a wide output at a time: 8 MiB
    private static final int LEAST_ROWS = 16;

    private final Scope scope;
    private final Network network;
    private final PassMode mode;
    private final Products products;
    private final ExecutionPlan plan;
    private final List<Layer.Pass> passes; // one a step
    private final @Nullable Tensor[] slots;
    private final SampleRows[] outputs;
    private List<SampleRows> inputs = List.of();

    /// A pass through the network as it is now.
    public NetworkPass(Scope scope, Network network, PassMode mode) {
        this(scope, network, mode, Products.NOW, Trained.ALL, 0);
    }

    /// A pass through the network as it is now.
    ///
    /// @param products when the products for gradients of dense matrices are computed; if later, what they need
    ///     stays as it is until the next forward pass
    /// @param what whose gradients are wanted
    /// @param seed of random numbers in this batch; every layer gets one of its own, mixed from this one and the
    ///     name of its node ([PassContext])
    public NetworkPass(Scope scope, Network network, PassMode mode, Products products, Trained what, long seed) {
        this.scope = scope;
        this.network = network;
        this.mode = mode;
        this.products = products;
        this.plan = network.plan(mode, products, what);
        Rng batch = Rng.seeded(seed);
        List<Layer.Pass> made = new ArrayList<>();
        for (PlanStep step : plan.steps()) {
            long own = batch.forPurpose(network.node(step.node())).seed();
            made.add(step.layer().pass(new PassContext(scope, network.type(), mode, own)));
        }
        this.passes = List.copyOf(made);
        this.slots = new Tensor[plan.slots()];
        this.outputs = new SampleRows[passes.size()];
    }

    /// Told of every layer's output. In training, two layers may be computed as one: then of the second one's.
    @FunctionalInterface
    public interface Listener {
        /// A layer has been computed.
        ///
        /// @param node its name
        /// @param output output of the network, which belongs to the pass
        void computed(String node, Tensor output);
    }

    /// Updates the running statistics of a network from passes in training, one a slice of the batch, in the batch's
    /// order.
    ///
    /// @param slices through the same network
    public static void updateStatistics(List<NetworkPass> slices) {
        List<PlanStep> steps = slices.getFirst().plan.steps();
        for (int i = 0; i < steps.size(); i++) {
            int step = i;
            steps.get(i)
                    .layer()
                    .updateStatistics(
                            slices.stream().map(each -> each.passes.get(step)).toList());
        }
    }

    /// The outputs for some samples; they belong to the pass.
    ///
    /// @param x one for each input of the network; must stay as they are until the way back is done
    public SampleRows forward(List<SampleRows> x) {
        return forward(x, (node, output) -> {});
    }

    /// The same for a network with one input, whose samples are one row each.
    ///
    /// @param x `[B, columns]`
    /// @return `[B, outputs]`
    public Tensor forward(Tensor x) {
        return forward(List.of(SampleRows.vectors(x))).values();
    }

    /// The outputs for some samples.
    public SampleRows forward(List<SampleRows> x, Listener listener) {
        return forward(x, outputs.length, listener);
    }

    private SampleRows forward(List<SampleRows> x, int steps, Listener listener) {
        network.requireInputs(x);
        inputs = x;
        for (int i = 0; i < steps; i++) {
            List<SampleRows> from = from(i);
            Layer layer = plan.steps().get(i).layer();
            SampleShape shape = shape(i);
            RowLayout layout = layer.layout(layouts(from), shape);
            Tensor output = room(plan.outputSlot(i), shape, layout.rows());
            passes.get(i).forward(from, output);
            outputs[i] = new SampleRows(output, layout, x.getFirst().firstSample());
            listener.computed(layer.name(), output);
        }
        return outputs[steps - 1];
    }

    /// Sums of an objective over the outputs for some samples.
    ///
    /// @param targets of the whole batch
    /// @param from the row of the batch at which the outputs begin
    public Sums evaluate(List<SampleRows> x, Objective objective, Targets targets, int from) {
        if (!isWide()) {
            Tensor y = forward(x).values();
            return objective.evaluateInto(y, y, targets, from, 1);
        }
        return inBlocks(x, objective, (block, first) -> objective.evaluateInto(block, block, targets, from + first, 1));
    }

    /// The same, and the way back: writes or adds the gradients of the parameters that are wanted. They are complete
    /// after [ParameterGradients#finish], which must be called while the pass's scope is open.
    ///
    /// Where the output is wide, the last layer goes forward and back over some rows at a time, so that its output
    /// never exists as a whole.
    ///
    /// @param weight factor of each row's gradient: 1 / counted rows for the gradient of the mean
    public Sums evaluate(
            List<SampleRows> x,
            Objective objective,
            Targets targets,
            int from,
            double weight,
            ParameterGradients gradients) {
        int last = passes.size() - 1;
        if (!isWide()) {
            Tensor y = forward(x).values();
            Tensor delta = delta();
            Sums sums = objective.evaluateInto(delta, y, targets, from, weight);
            back(last, delta, gradients, List.of());
            return sums;
        }
        Sums sums = inBlocks(x, objective, (block, first) -> {
            Sums some = objective.evaluateInto(block, block, targets, from + first, weight);
            Layer.Pass pass = passes.get(last);
            pass.backward(block, gradients);
            if (plan.needs(last, 0)) {
                Tensor place = delta(plan.source(last, 0)).rows(first, first + block.rows());
                pass.inputGradient(0, place, plan.accumulation(last, 0));
            }
            return some;
        });
        if (plan.goesBack(last - 1)) {
            back(last - 1, delta(last - 1), gradients, List.of());
        }
        return sums;
    }

    /// The work on some rows of a wide output.
    @FunctionalInterface
    private interface Block {
        /// @param outputs some rows, which may be written over
        /// @param first number of the first of them
        Sums evaluate(Tensor outputs, int first);
    }

    private boolean isWide() {
        return products == Products.NOW && network.endsWide();
    }

    private Sums inBlocks(List<SampleRows> x, Objective objective, Block task) {
        int last = passes.size() - 1;
        forward(x, last, (node, output) -> {});
        Tensor before = value(plan.source(last, 0)).values();
        int most = Math.max(LEAST_ROWS, BLOCK / shape(last).columns());
        int blocks = Math.max(1, Math.ceilDiv(before.rows(), most));
        int atOnce = Math.ceilDiv(before.rows(), blocks); // of about equal size: small blocks cost more per row
        Sums sums = Sums.none(objective.measures().size());
        for (int row = 0; row < before.rows(); row += atOnce) {
            int to = Math.min(before.rows(), row + atOnce);
            Tensor y = room(plan.outputSlot(last), shape(last), to - row);
            passes.get(last).forward(List.of(rows(before.rows(row, to))), y);
            sums = sums.plus(task.evaluate(y, row));
        }
        return sums;
    }

    /// Rows whose division into samples does not matter.
    private static SampleRows rows(Tensor values) {
        return new SampleRows(values, RowLayout.uniform(values.rows(), 1));
    }

    private List<SampleRows> from(int i) {
        if (plan.inputs(i) == 1) {
            return List.of(value(plan.source(i, 0)));
        }
        List<SampleRows> from = new ArrayList<>();
        for (int k = 0; k < plan.inputs(i); k++) {
            from.add(value(plan.source(i, k)));
        }
        return from;
    }

    private SampleRows value(int source) {
        return source < 0 ? inputs.get(~source) : outputs[source];
    }

    private static List<RowLayout> layouts(List<SampleRows> rows) {
        return rows.size() == 1
                ? List.of(rows.getFirst().layout())
                : rows.stream().map(SampleRows::layout).toList();
    }

    /// After [#forward]: where the gradient of the loss with respect to the outputs goes. The same memory as the
    /// outputs, where the way back does not need them.
    public Tensor delta() {
        int last = outputs.length - 1;
        requireForward();
        if (!plan.goesBack(last)) {
            throw new IllegalStateException("network pass: an evaluation pass has no backward pass");
        }
        Tensor output = outputs[last].values();
        return plan.deltaSlot(last) == plan.outputSlot(last)
                ? output
                : room(plan.deltaSlot(last), shape(last), output.rows());
    }

    /// Takes the gradient of the loss back and writes or adds the gradients of the parameters that are wanted. They
    /// are complete after [ParameterGradients#finish], which must be called while the pass's scope is open.
    ///
    /// @param delta `∂loss/∂outputs`, as large as the outputs; overwritten. [#delta] needs no copy
    public void backward(Tensor delta, ParameterGradients gradients) {
        back(passes.size() - 1, delta, gradients, List.of());
    }

    /// The same, and writes the gradients of the loss with respect to the samples.
    ///
    /// @param into `∂loss/∂x`, one for each input of the network
    /// @throws IllegalStateException unless the mode is [PassMode#EVALUATION_WITH_GRADIENT]: training does not need
    ///     them, and does not pay for them
    public void backward(Tensor delta, ParameterGradients gradients, List<Tensor> into) {
        if (mode != PassMode.EVALUATION_WITH_GRADIENT) {
            throw new IllegalStateException("network pass: gradients of the inputs need %s; got %s"
                    .formatted(PassMode.EVALUATION_WITH_GRADIENT, mode));
        }
        back(passes.size() - 1, delta, gradients, into);
    }

    private Tensor delta(int i) {
        return room(plan.deltaSlot(i), shape(i), outputs[i].values().rows());
    }

    /// The way back through the first steps.
    ///
    /// @param last of them
    /// @param delta gradient of its output
    private void back(int last, Tensor delta, ParameterGradients gradients, List<Tensor> into) {
        requireForward();
        for (int i = last; i >= 0; i--) {
            if (!plan.goesBack(i)) {
                continue;
            }
            Tensor current = i == last ? delta : delta(i);
            Layer.Pass pass = passes.get(i);
            pass.backward(current, gradients);
            for (int k = 0; k < plan.inputs(i); k++) {
                if (plan.needs(i, k)) {
                    gradientOfInput(pass, i, k, into);
                }
            }
        }
    }

    private void gradientOfInput(Layer.Pass pass, int i, int k, List<Tensor> into) {
        int source = plan.source(i, k);
        if (source >= 0) {
            pass.inputGradient(k, delta(source), plan.accumulation(i, k));
        } else if (!into.isEmpty()) {
            pass.inputGradient(k, into.get(~source), plan.accumulation(i, k));
        }
    }

    private void requireForward() {
        if (inputs.isEmpty()) {
            throw new IllegalStateException("network pass: forward must come first");
        }
    }

    /// Shape of the output of a step.
    private SampleShape shape(int i) {
        return network.shape(plan.steps().get(i).node());
    }

    private Tensor room(int slot, SampleShape shape, int rows) {
        int columns = shape.columns();
        Tensor room = slots[slot];
        if (room == null || room.rows() < rows) {
            room = shape instanceof SampleShape.Image
                    ? scope.uninitialized(network.type(), rows, columns) // as convolutions take them
                    : scope.spaced(network.type(), rows, columns);
            slots[slot] = room;
        }
        return room.rows() == rows ? room : room.rows(0, rows);
    }
}
