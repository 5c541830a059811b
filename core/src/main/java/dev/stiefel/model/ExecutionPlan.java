package dev.stiefel.model;

import dev.stiefel.lowrank.FactoredParameter;
import dev.stiefel.nn.Accumulation;
import dev.stiefel.nn.Layer;
import dev.stiefel.nn.Layer.Kept;
import dev.stiefel.nn.ParameterGradients.Products;
import dev.stiefel.nn.PassMode;
import dev.stiefel.nn.SampleShape;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The order in which a pass walks a graph, step by step ([PlanStep]), and the outputs and gradients that share
/// memory. Two of them never share it while both are still needed (liveness), and only if both have the same rows
/// and columns. A layer that works in place ([Layer#worksInPlace]) writes over what it reads, where nobody else
/// needs that.
///
/// With `N` steps, step `i` is computed at time `i` and taken back at time `2N − 1 − i`. An output lives from
/// its own time to that of its last reader, forward or back; a gradient from its first writer to its own step.
final class ExecutionPlan {
    private final List<PlanStep> steps;
    private final int[][] sources; // of each step's inputs: a step, or ~k for input k of the network
    private final int[] outputSlots;
    private final int[] deltaSlots; // -1: the gradient is not needed
    private final Accumulation[][] how; // null elements: not needed
    private final int slots;

    private ExecutionPlan(
            List<PlanStep> steps,
            int[][] sources,
            int[] outputSlots,
            int[] deltaSlots,
            Accumulation[][] how,
            int slots) {
        this.steps = steps;
        this.sources = sources;
        this.outputSlots = outputSlots;
        this.deltaSlots = deltaSlots;
        this.how = how;
        this.slots = slots;
    }

    /// Rows and columns of a matrix, which has no gaps if it is of images: matrices share memory only with
    /// their like.
    private record Size(String rows, int columns, boolean isImages) {}

    /// The time for which a matrix is needed.
    private record Lifetime(int from, int to, Size size, int step, boolean isDelta) {}

    static ExecutionPlan of(NetworkSpec spec, List<Layer> layers, PassMode mode, Products products, Trained what) {
        return new Planner(spec, PlanStep.of(spec, layers, mode), mode, products, what).plan();
    }

    /// The steps.
    List<PlanStep> steps() {
        return steps;
    }

    /// The source of input `k` of step `i`: a step, or `~j` for input `j` of the network.
    int source(int i, int k) {
        return sources[i][k];
    }

    int inputs(int i) {
        return sources[i].length;
    }

    int outputSlot(int i) {
        return outputSlots[i];
    }

    /// Returns whether the gradient of step `i`'s output is needed: it, or something before it, is trained.
    boolean goesBack(int i) {
        return deltaSlots[i] >= 0;
    }

    int deltaSlot(int i) {
        return deltaSlots[i];
    }

    /// Returns whether the gradient of input `k` of step `i` is needed.
    boolean needs(int i, int k) {
        return how[i][k] != null;
    }

    Accumulation accumulation(int i, int k) {
        return how[i][k];
    }

    int slots() {
        return slots;
    }

    private static final class Planner {
        private final NetworkSpec spec;
        private final List<PlanStep> steps;
        private final PassMode mode;
        private final boolean later;
        private final int count;
        private final int[][] sources;
        private final List<List<Integer>> readers = new ArrayList<>(); // of each step, in order
        private final boolean[] trained;

        Planner(NetworkSpec spec, List<PlanStep> steps, PassMode mode, Products products, Trained what) {
            this.spec = spec;
            this.steps = steps;
            this.mode = mode;
            this.later = products == Products.LATER;
            this.count = steps.size();
            this.sources = sources();
            this.trained = trained(what);
        }

        private int[][] sources() {
            Map<String, Integer> numbers = new HashMap<>();
            for (int k = 0; k < spec.inputs().size(); k++) {
                numbers.put(spec.inputs().get(k).name(), ~k);
            }
            int[][] found = new int[count][];
            for (int i = 0; i < count; i++) {
                PlanStep step = steps.get(i);
                found[i] = step.from().stream().mapToInt(numbers::get).toArray();
                readers.add(new ArrayList<>());
                for (int source : found[i]) {
                    if (source >= 0) {
                        readers.get(source).add(i);
                    }
                }
                numbers.put(spec.nodes().get(step.node()).name(), i);
            }
            return found;
        }

        /// Returns whether a step, or something before it, has parameters that are trained.
        private boolean[] trained(Trained what) {
            boolean[] found = new boolean[count];
            for (int i = 0; i < count; i++) {
                found[i] = layer(i).parameters().stream()
                        .anyMatch(each -> what == Trained.ALL || each instanceof FactoredParameter);
                for (int source : sources[i]) {
                    found[i] |= source >= 0 && found[source];
                }
            }
            return found;
        }

        ExecutionPlan plan() {
            int[] outputSlots = new int[count];
            int[] deltaSlots = new int[count];
            java.util.Arrays.fill(deltaSlots, -1);
            List<Integer> freeAfter = new ArrayList<>();
            List<Size> sizes = new ArrayList<>();
            for (Lifetime life : lifetimes()) {
                int slot = life.isDelta() ? slotOfReader(life, deltaSlots) : slotOfSource(life, outputSlots);
                if (slot < 0 || !sizes.get(slot).equals(life.size()) || freeAfter.get(slot) != life.from()) {
                    slot = 0;
                    while (slot < sizes.size()
                            && !(sizes.get(slot).equals(life.size()) && freeAfter.get(slot) < life.from())) {
                        slot++;
                    }
                }
                if (slot == sizes.size()) {
                    sizes.add(life.size());
                    freeAfter.add(life.to());
                } else {
                    freeAfter.set(slot, life.to());
                }
                (life.isDelta() ? deltaSlots : outputSlots)[life.step()] = slot;
            }
            int last = count - 1;
            if (mode.goesBack() && deltaSlots[last] < 0) {
                deltaSlots[last] = outputSlots[last]; // the loss's gradient is written over the output
            }
            return new ExecutionPlan(steps, sources, outputSlots, deltaSlots, accumulations(), sizes.size());
        }

        /// The slot of the first input of a layer that works in place; -1 for others.
        private int slotOfSource(Lifetime life, int[] outputSlots) {
            int source = sources[life.step()][0];
            return source >= 0 && layer(life.step()).worksInPlace() ? outputSlots[source] : -1;
        }

        /// The slot of the last reader's gradient, if that reader works in place and this is its last input; else
        /// -1.
        private int slotOfReader(Lifetime life, int[] deltaSlots) {
            if (life.step() == count - 1) {
                return -1;
            }
            int reader = readers.get(life.step()).getLast();
            int lastSource = sources[reader][sources[reader].length - 1];
            return lastSource == life.step() && layer(reader).worksInPlace() ? deltaSlots[reader] : -1;
        }

        private List<Lifetime> lifetimes() {
            List<Lifetime> all = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Size size = new Size(rows(i), shape(i).columns(), shape(i) instanceof SampleShape.Image);
                all.add(new Lifetime(i, lastUse(i), size, i, false));
                boolean ownDelta = i < count - 1 ? flows(i) : keeps(i, Kept.OUTPUT);
                if (mode.goesBack() && ownDelta) {
                    int first = i < count - 1 ? timeBack(readers.get(i).getLast()) : count - 1;
                    all.add(new Lifetime(first, later ? 2 * count : timeBack(i), size, i, true));
                }
            }
            all.sort(Comparator.comparingInt(Lifetime::from));
            return all;
        }

        /// Without training, all gradients are needed, those of the inputs among them.
        private boolean flows(int i) {
            return mode == PassMode.EVALUATION_WITH_GRADIENT || trained[i];
        }

        private int lastUse(int i) {
            int last = i == count - 1 ? count : i;
            for (int reader : readers.get(i)) {
                last = Math.max(last, reader);
                if (mode.goesBack() && keeps(reader, Kept.INPUTS)) {
                    last = Math.max(last, later ? 2 * count : timeBack(reader));
                }
            }
            if (mode.goesBack() && (i == count - 1 || keeps(i, Kept.OUTPUT))) {
                last = Math.max(last, later ? 2 * count : timeBack(i));
            }
            return last;
        }

        private int timeBack(int i) {
            return 2 * count - 1 - i;
        }

        private boolean keeps(int i, Kept what) {
            return layer(i).keeps().contains(what);
        }

        private Layer layer(int i) {
            return steps.get(i).layer();
        }

        private SampleShape shape(int i) {
            return spec.shape(spec.nodes().get(steps.get(i).node()).name());
        }

        /// A fixed number of rows, or whose rows they are.
        private String rows(int i) {
            SampleShape shape = shape(i);
            if (shape.rows().isPresent()) {
                return String.valueOf(shape.rows().getAsInt());
            }
            int first = sources[i][0];
            return first < 0 ? "as input " + ~first : rows(first);
        }

        private Accumulation[][] accumulations() {
            Accumulation[][] all = new Accumulation[count][];
            boolean[] begun = new boolean[count];
            boolean[] inputBegun = new boolean[spec.inputs().size()];
            for (int i = count - 1; i >= 0; i--) {
                all[i] = new Accumulation[sources[i].length];
                for (int k = 0; k < sources[i].length && mode.goesBack() && flows(i); k++) {
                    int source = sources[i][k];
                    if (source >= 0 && flows(source)) {
                        all[i][k] = begun[source] ? Accumulation.ADD : Accumulation.WRITE;
                        begun[source] = true;
                    } else if (source < 0 && mode == PassMode.EVALUATION_WITH_GRADIENT) {
                        all[i][k] = inputBegun[~source] ? Accumulation.ADD : Accumulation.WRITE;
                        inputBegun[~source] = true;
                    }
                }
            }
            return all;
        }
    }
}
