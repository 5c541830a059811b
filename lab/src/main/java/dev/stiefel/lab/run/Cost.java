package dev.stiefel.lab.run;

import dev.stiefel.integrator.Part;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.NetworkSpec.LayerSpec;
import dev.stiefel.train.Method;
import dev.stiefel.train.RankPlan;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// What a network costs to compute, in multiply-adds, counted from shapes: a machine's speed,
/// its threads and its caches are not in it. Biases, activations, the loss and the optimizer
/// are not counted: they are of the order of the widths, products are of the order of widths
/// times ranks.
///
/// With a weight `[m, n]`, dense or factored with `p` columns in `U` and `q` in `V`, a sample
/// needs
///
///     evaluation        m n   or   r (m + n)
///     pass: forward     m n   or   n q + q p + p m
///           inputs      m n   or   m p + p q + q n     of the loss; not for the first layer, but for its m p
///           gradients   m n   or   K: m q,  L: n p,  S: p q, those that the pass is for
///
/// and a training step is the passes that its method makes, each with the gradients that it
/// asks for there and in the bases that it has then: doubled (at most the side) from the
/// second pass on where ranks adapt. Bases cost a QR of `2 m p²`, an adaptation an SVD of `10
/// p³` multiply-adds more (Golub & Van Loan, 4th edition, §5.2 and §8.6: Householder with the
/// basis formed, SVD with both bases), whatever the batch.
///
/// @param forward evaluating one sample
/// @param training one sample's share of a training step, without the bases; a mean over the
///     steps from one adaptation to the next
/// @param bases what one step spends on bases and their truncation, whatever the batch;
///     likewise a mean
public record Cost(long forward, long training, long bases) {
    private static final Set<Part> ALL_DIRECTIONS = EnumSet.of(Part.K, Part.L);

    /// Of a run whose factored weights have these ranks.
    ///
    /// @param ranks one a factored layer; none for a dense network
    /// @throws IllegalArgumentException if the network has other factored layers, or cannot
    ///     have such ranks
    public static Cost of(RunSpec spec, List<Integer> ranks) {
        NetworkSpec network = spec.networkSpec().withRanks(ranks);
        if (!spec.isTrained()) {
            return new Cost(network.parameters(), 0, 0);
        }
        Method method = spec.get(Options.METHOD);
        int every = spec.find(Options.ADAPT_EVERY)
                .map(steps -> steps == RankPlan.EVERY_EPOCH ? Math.toIntExact(stepsPerEpoch(spec)) : steps)
                .orElse(Integer.MAX_VALUE);
        Step held = Step.of(network, method, Bases.HELD);
        if (every == Integer.MAX_VALUE) {
            return new Cost(network.parameters(), held.sample, held.bases);
        }
        Step adapting = Step.of(network, method, Bases.ADAPTED);
        return new Cost(
                network.parameters(),
                mean(held.sample, adapting.sample, every),
                mean(held.bases, adapting.bases, every));
    }

    private static long mean(long held, long adapting, int every) {
        return Math.round(held + (double) (adapting - held) / every);
    }

    /// How many samples train in an epoch of a run.
    public static long samples(RunSpec spec) {
        int kept = spec.dataFacts().trainSize() - spec.get(Options.VALIDATION);
        return Math.max(1, Math.round(kept * spec.get(Options.TRAIN_FRACTION)));
    }

    /// How many steps an epoch of a run has.
    public static long stepsPerEpoch(RunSpec spec) {
        return Math.ceilDiv(samples(spec), spec.get(Options.BATCH_SIZE));
    }

    /// What an epoch of training costs.
    public double epoch(RunSpec spec) {
        return spec.isTrained() ? (double) training * samples(spec) + (double) bases * stepsPerEpoch(spec) : 0;
    }

    private enum Bases {
        HELD,
        ADAPTED
    }

    /// What a step of a method costs: for a sample, and for its bases.
    private static final class Step {
        private final NetworkSpec network;
        private final boolean doubled;
        private final boolean cores;
        private long sample;
        private long bases;

        private Step(NetworkSpec network, Method method, Bases kind) {
            this.network = network;
            this.doubled = kind == Bases.ADAPTED || method.augments();
            this.cores = method.gauge() == Gauge.ORTHONORMAL;
        }

        static Step of(NetworkSpec network, Method method, Bases kind) {
            boolean adapts = kind == Bases.ADAPTED;
            Step step = new Step(network, method, kind);
            switch (method) {
                case DENSE -> step.pass(1, 1, EnumSet.of(Part.DENSE));
                case FACTORS -> step.pass(1, 1, EnumSet.of(Part.K, Part.L, Part.DENSE));
                case RIEMANNIAN -> {
                    step.pass(1, 1, EnumSet.of(Part.K, Part.L, Part.DENSE));
                    step.orthonormalize(2);
                }
                case BUG -> {
                    step.pass(1, 1, ALL_DIRECTIONS);
                    step.orthonormalize(2);
                    step.pass(step.times(), step.times(), EnumSet.of(Part.S, Part.DENSE));
                }
                case PARALLEL_BUG -> {
                    step.pass(1, 1, EnumSet.of(Part.K, Part.L, Part.S, Part.DENSE));
                    step.orthonormalize(2);
                }
                case S_ONLY -> {
                    if (adapts) { // the first step of a block augments
                        step.pass(1, 1, ALL_DIRECTIONS);
                        step.orthonormalize(2);
                    }
                    step.pass(2, 2, EnumSet.of(Part.S, Part.DENSE));
                }
                case BACKWARD_CORRECTED -> {
                    step.pass(1, 1, EnumSet.of(Part.K));
                    step.orthonormalize(1);
                    step.pass(2, 1, EnumSet.of(Part.L, Part.DENSE));
                    step.orthonormalize(1);
                }
                case PROJECTOR_SPLITTING -> {
                    step.pass(1, 1, EnumSet.of(Part.K));
                    step.pass(1, 1, EnumSet.of(Part.S));
                    step.pass(1, 1, EnumSet.of(Part.L, Part.DENSE));
                    step.orthonormalize(2);
                }
            }
            if (adapts || (method.augments() && !method.trainsInBlocks())) {
                step.truncate();
            }
            return step;
        }

        private int times() {
            return doubled ? 2 : 1;
        }

        /// One pass through all layers, with so many times the rank in both bases.
        private void pass(int left, int right, Set<Part> gradients) {
            for (int i = 0; i < network.layers().size(); i++) {
                LayerSpec layer = network.layers().get(i);
                long m = layer.outputs();
                long n = network.inputs(i);
                if (layer.rank().isEmpty()) {
                    sample += m * n * (1 + (i > 0 ? 1 : 0) + (gradients.contains(Part.DENSE) ? 1 : 0));
                    continue;
                }
                long p = Math.min(left * (long) layer.rank().getAsInt(), m);
                long q = Math.min(right * (long) layer.rank().getAsInt(), n);
                sample += n * q + p * m + (cores ? q * p : 0); // forward
                sample += m * p + (i > 0 ? q * n + (cores ? p * q : 0) : 0); // the loss's slope at the inputs
                sample += gradients.contains(Part.K) ? m * q : 0;
                sample += gradients.contains(Part.L) ? n * p : 0;
                sample += gradients.contains(Part.S) ? p * q : 0;
            }
        }

        /// Bases of one or both sides, each of its whole width.
        private void orthonormalize(int sides) {
            for (int i = 0; i < network.layers().size(); i++) {
                LayerSpec layer = network.layers().get(i);
                if (layer.rank().isPresent()) {
                    long m = layer.outputs();
                    long n = network.inputs(i);
                    long p = columns(layer, m);
                    long q = columns(layer, n);
                    bases += sides == 2 ? 2 * m * p * p + 2 * n * q * q : m * p * p + n * q * q;
                }
            }
        }

        private void truncate() {
            for (LayerSpec layer : network.layers()) {
                if (layer.rank().isPresent()) {
                    long p = columns(layer, layer.outputs());
                    bases += 10 * p * p * p;
                }
            }
        }

        private long columns(LayerSpec layer, long side) {
            return Math.min(times() * (long) layer.rank().getAsInt(), side);
        }
    }
}
