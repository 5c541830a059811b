package dev.stiefel.lab.model;

import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.StepWork;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.spec.TextFacts;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
import dev.stiefel.train.Method;
import dev.stiefel.train.RankPlan;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The cost of computing a network, in multiply-adds, counted from shapes: a machine's speed,
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
///
/// A kernel in Tucker form needs `in r_i` a pixel and `k r_i r_o + r_o out` a position for evaluation, and as
/// much again for each of the rest, with as many columns as its bases have.
///
/// And a training step is the passes that its method makes, each with the gradients that it
/// asks for there and in the bases that it has then: doubled (at most the side) from the
/// second pass on where ranks adapt. Bases cost a QR of `2 m p²`, an adaptation an SVD of `10
/// p³` multiply-adds more (Golub & Van Loan, 4th edition, §5.2 and §8.6: Householder with the
/// basis formed, SVD with both bases), whatever the batch.
///
/// @param forward evaluating one sample
/// @param training one sample's share of a training step, without the bases; a mean over the
///     steps from one adaptation to the next
/// @param bases multiply-adds that one step spends on bases and their truncation, for any batch; likewise a mean
public record Cost(long forward, long training, long bases) {
    /// The cost of a run whose factored weights have these ranks.
    ///
    /// @param ranks one a factored layer; none for a dense network
    /// @throws IllegalArgumentException if the network has other factored layers, or cannot
    ///     have such ranks
    public static Cost of(RunSpec spec, List<Integer> ranks) {
        NetworkSpec network = spec.networkSpec(ranks);
        if (!spec.isTrained()) {
            return new Cost(forward(network), 0, 0);
        }
        Method method = spec.get(Options.METHOD);
        int every = spec.find(Options.ADAPT_EVERY)
                .map(steps -> steps == RankPlan.EVERY_EPOCH ? Math.toIntExact(stepsPerEpoch(spec)) : steps)
                .orElse(Integer.MAX_VALUE);
        Step held = Step.of(network, method.gauge(), method.fixedRankWork());
        if (every == Integer.MAX_VALUE) {
            return new Cost(forward(network), held.sample, held.bases);
        }
        Step adapting = Step.of(network, method.gauge(), method.adaptiveWork());
        return new Cost(
                forward(network), mean(held.sample, adapting.sample, every), mean(held.bases, adapting.bases, every));
    }

    private static long forward(NetworkSpec network) {
        return network.weights().stream().mapToLong(WeightSpec::multiplyAdds).sum();
    }

    private static long mean(long held, long adapting, int every) {
        return Math.round(held + (double) (adapting - held) / every);
    }

    /// The number of samples that an epoch of a run trains on; for texts, the number of tokens.
    public static long samples(RunSpec spec) {
        Optional<TextFacts> text = spec.dataFacts().text();
        if (text.isPresent()) {
            return Math.max(1, Math.round(text.get().tokens() * spec.get(Options.TRAIN_FRACTION)));
        }
        int kept = spec.dataFacts().trainSize() - spec.get(Options.VALIDATION);
        return Math.max(1, Math.round(kept * spec.get(Options.TRAIN_FRACTION)));
    }

    /// The number of steps in an epoch of a run.
    public static long stepsPerEpoch(RunSpec spec) {
        return Math.ceilDiv(
                samples(spec), spec.find(Options.BATCH_TOKENS).orElseGet(() -> spec.get(Options.BATCH_SIZE)));
    }

    /// The cost of an epoch of training.
    public double epoch(RunSpec spec) {
        return spec.isTrained() ? (double) training * samples(spec) + (double) bases * stepsPerEpoch(spec) : 0;
    }

    /// The cost of a step: for a sample, and for its bases.
    private static final class Step {
        private final NetworkSpec network;
        private final boolean cores;
        private long sample;
        private long bases;

        private Step(NetworkSpec network, Gauge gauge) {
            this.network = network;
            this.cores = gauge == Gauge.ORTHONORMAL;
        }

        static Step of(NetworkSpec network, Gauge gauge, StepWork work) {
            Step step = new Step(network, gauge);
            work.evaluations().forEach(step::pass);
            work.bases().forEach(step::orthonormalize);
            work.decompositions().forEach(step::decompose);
            return step;
        }

        /// One pass through all layers.
        private void pass(StepWork.Evaluation evaluation) {
            for (WeightSpec weight : network.weights()) {
                sample += weight.tucker().isPresent()
                        ? kernel(weight.tucker().get(), evaluation, !weight.takesInputs())
                        : positions(weight) * row(weight, evaluation);
            }
        }

        /// The number of positions per sample; if samples differ in length, costs are per position.
        private static long positions(WeightSpec weight) {
            return weight.positions().orElse(1);
        }

        /// Cost of one row of the batch at a weight.
        private long row(WeightSpec weight, StepWork.Evaluation evaluation) {
            Set<Part> gradients = evaluation.gradients();
            long m = weight.rows();
            long n = weight.columns();
            boolean back = !weight.takesInputs();
            if (weight.rank().isEmpty()) {
                return m * n * (1 + (back ? 1 : 0) + (gradients.contains(Part.DENSE) ? 1 : 0));
            }
            long p = columns(weight, evaluation.left(), m);
            long q = columns(weight, evaluation.right(), n);
            long sum = n * q + p * m + (cores ? q * p : 0); // forward
            sum += m * p + (back ? q * n + (cores ? p * q : 0) : 0); // the loss's slope at the inputs
            sum += gradients.contains(Part.K) ? m * q : 0;
            sum += gradients.contains(Part.L) ? n * p : 0;
            return sum + (gradients.contains(Part.S) ? p * q : 0);
        }

        /// Cost of a sample at a kernel in Tucker form, `out`, `in` and `k` its sides, `p` and `q` columns in
        /// its bases: `in q` a pixel for the way to and from `q` channels, `k p q` a position for each product
        /// with patches, `p out` for the way to and from `p` channels.
        private long kernel(TuckerKernel kernel, StepWork.Evaluation evaluation, boolean back) {
            Set<Part> gradients = evaluation.gradients();
            long p = Math.min((long) evaluation.left() * kernel.ranks().out(), kernel.rows());
            long q = Math.min((long) evaluation.right() * kernel.ranks().in(), kernel.channels());
            long positions = kernel.positions().orElse(1);
            long pixel = (long) kernel.inputPositions().orElse(1) * kernel.channels() * q;
            long core = positions * kernel.offsets() * p * q;
            long output = positions * p * kernel.rows();
            boolean factor = !cores && gradients.contains(Part.K); // the core is a factor like the others
            boolean shared = !cores && gradients.contains(Part.L); // its product serves the inputs as well
            long sum = pixel + core + output; // forward
            sum += output + (back ? pixel + (shared ? 0 : core) : 0); // the loss's slope at the inputs
            sum += gradients.contains(Part.K) ? output + (cores ? core : 0) : 0;
            sum += gradients.contains(Part.L) ? core + pixel : 0;
            return sum + (gradients.contains(Part.S) || factor ? core : 0);
        }

        /// New bases of both modes, and those of the core's unfoldings.
        private static long bases(TuckerKernel kernel, int width) {
            long p = Math.min((long) width * kernel.ranks().out(), kernel.rows());
            long q = Math.min((long) width * kernel.ranks().in(), kernel.channels());
            long r = kernel.ranks().out();
            long s = kernel.ranks().in();
            return 2L * kernel.rows() * p * p
                    + 2L * kernel.channels() * q * q
                    + 4L * kernel.offsets() * r * s * (r + s);
        }

        /// New bases of both sides.
        private void orthonormalize(int width) {
            for (WeightSpec weight : network.factoredWeights()) {
                if (weight.tucker().isPresent()) {
                    bases += bases(weight.tucker().get(), width);
                    continue;
                }
                long m = weight.rows();
                long n = weight.columns();
                long p = columns(weight, width, m);
                long q = columns(weight, width, n);
                bases += 2 * m * p * p + 2 * n * q * q;
            }
        }

        private void decompose(int width) {
            for (WeightSpec weight : network.factoredWeights()) {
                if (weight.tucker().isPresent()) {
                    bases += decomposition(weight.tucker().get(), width);
                    continue;
                }
                long p = columns(weight, width, weight.rows());
                bases += 10 * p * p * p;
            }
        }

        /// The decomposition of both unfoldings: a QR of the long side, and that of what is left.
        private static long decomposition(TuckerKernel kernel, int width) {
            long p = Math.min((long) width * kernel.ranks().out(), kernel.rows());
            long q = Math.min((long) width * kernel.ranks().in(), kernel.channels());
            return 2L * kernel.offsets() * p * q * (p + q) + 10 * (p * p * p + q * q * q);
        }

        private static long columns(WeightSpec weight, int width, long side) {
            return Math.min(width * (long) weight.rank().orElseThrow(), side);
        }
    }
}
