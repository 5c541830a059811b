package dev.stiefel.lab.record;

import dev.stiefel.integrator.StepWork;
import dev.stiefel.lab.spec.Options;
import dev.stiefel.lab.spec.RunSpec;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.TuckerRanks;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.WeightSpec;
import dev.stiefel.nn.ParameterSpec.TuckerKernel;
import dev.stiefel.train.Method;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.databind.node.ObjectNode;

/// Results of a run, final or so far.
///
/// @param epochs trained
/// @param bestEpoch the one with the best monitored validation figure, the lowest loss unless another is
///     monitored (the test figure where nothing is held out); 0 before the first
/// @param train of the last epoch
/// @param validation of the last epoch; empty if not measured. Before the first epoch, figures of a compressed
///     network's initial weights
/// @param test likewise
/// @param best of the best epoch
/// @param ranks of the factored weights
/// @param parameters number of the weights' parameters
/// @param compression the shares of them that are saved
/// @param seconds duration of training
/// @param peakMemoryBytes the most memory that the process had; -1 if that is not known, as
///     of imported runs
public record Summary(
        int epochs,
        int bestEpoch,
        Optional<Score> train,
        Optional<Score> validation,
        Optional<Score> test,
        Best best,
        List<Integer> ranks,
        Parameters parameters,
        Compression compression,
        Seconds seconds,
        long peakMemoryBytes) {
    /// Takes a copy of the ranks.
    public Summary {
        ranks = List.copyOf(ranks);
    }

    /// The scores of the best epoch.
    ///
    /// @param validation empty if not measured
    /// @param test empty if not measured
    public record Best(Optional<Score> validation, Optional<Score> test) {}

    /// Numbers in the weights, biases not counted.
    ///
    /// @param dense of the dense network of this shape
    /// @param evaluation number of parameters for evaluation: `r (m + n)` for a factored weight, `out r_o + in
    ///     r_i + k r_o r_i` for a kernel in Tucker form
    /// @param training number of parameters that the method keeps and updates in its largest step: with `s`
    ///     columns in its bases, `s (m + n) + s²` for a factored weight, where `s` is twice the rank (at most the
    ///     side) if ranks adapt or the method augments its bases to hold them ([StepWork#greatestWidth]); `r (m +
    ///     n)` for plain factors; for a kernel in Tucker form, its own numbers in bases of these widths
    public record Parameters(long dense, long evaluation, long training) {
        /// The numbers of parameters of a run whose factored weights have these ranks.
        ///
        /// @param ranks one a factored layer; none for a dense network
        /// @throws IllegalArgumentException if the network has other factored layers, or
        ///     cannot have such ranks
        public static Parameters of(RunSpec spec, List<Integer> ranks) {
            return of(
                    spec.networkSpec(ranks),
                    spec.get(Options.METHOD),
                    spec.find(Options.ADAPT_EVERY).isPresent());
        }

        /// The same for a network with these ranks.
        ///
        /// @param adapts true if ranks adapt
        public static Parameters of(NetworkSpec network, Method method, boolean adapts) {
            long training = 0;
            for (WeightSpec weight : network.weights()) {
                training += weight.isFactored() ? trained(weight, method, adapts) : weight.parameters();
            }
            return new Parameters(network.denseParameters(), network.parameters(), training);
        }

        private static long trained(WeightSpec weight, Method method, boolean adapts) {
            if (weight.tucker().isPresent()) {
                return trained(weight.tucker().get(), method, adapts);
            }
            long m = weight.rows();
            long n = weight.columns();
            long r = weight.rank().orElseThrow();
            long width = (adapts ? method.adaptiveWork() : method.fixedRankWork()).greatestWidth();
            long p = Math.min(width * r, m);
            long q = Math.min(width * r, n);
            return method.gauge() == Gauge.FREE ? r * (m + n) : p * m + q * n + p * q;
        }

        private static long trained(TuckerKernel kernel, Method method, boolean adapts) {
            if (method.gauge() == Gauge.FREE) {
                return kernel.parameters();
            }
            int width = (adapts ? method.adaptiveWork() : method.fixedRankWork()).greatestWidth();
            return new TuckerRanks(
                            Math.min(width * kernel.ranks().out(), kernel.rows()),
                            Math.min(width * kernel.ranks().in(), kernel.channels()))
                    .parameters(kernel.rows(), kernel.channels(), kernel.offsets());
        }
    }

    /// `1 − factored / dense` parameters, in `[0, 1]`.
    ///
    /// @param evaluation at evaluation
    /// @param training in training
    public record Compression(double evaluation, double training) {
        /// The compression of these numbers.
        public static Compression of(Parameters parameters) {
            return new Compression(
                    saved(parameters.evaluation(), parameters.dense()),
                    saved(parameters.training(), parameters.dense()));
        }

        private static double saved(long factored, long dense) {
            return Math.max(0, 1 - (double) factored / dense);
        }
    }

    /// Wall-clock times.
    ///
    /// @param total of all epochs, evaluation included; time that a kill lost is not in it; NaN if that is
    ///     not known, as of imported runs
    /// @param medianStep of the latest steps; empty before the first
    public record Seconds(double total, OptionalDouble medianStep) {}

    /// The summary of a run so far.
    ///
    /// @param start of a run whose first weights were measured: its scores before the first
    ///     epoch has ended
    public static Summary of(
            RunSpec spec,
            NetworkSpec network,
            List<HistoryRow> history,
            Optional<CompressionFigures.Measured> start,
            int bestEpoch,
            Seconds seconds,
            long peakMemory) {
        Optional<HistoryRow> last = history.isEmpty() ? Optional.empty() : Optional.of(history.getLast());
        Optional<HistoryRow> best = bestEpoch > 0 ? Optional.of(history.get(bestEpoch - 1)) : Optional.empty();
        Parameters parameters = Parameters.of(
                network,
                spec.get(Options.METHOD),
                spec.find(Options.ADAPT_EVERY).isPresent());
        return new Summary(
                history.size(),
                bestEpoch,
                last.flatMap(HistoryRow::train),
                last.isPresent() ? last.get().validation() : start.flatMap(CompressionFigures.Measured::validation),
                last.isPresent() ? last.get().test() : start.map(CompressionFigures.Measured::test),
                new Best(best.flatMap(HistoryRow::validation), best.flatMap(HistoryRow::test)),
                network.ranks(),
                parameters,
                Compression.of(parameters),
                seconds,
                peakMemory);
    }

    ObjectNode toJson() {
        ObjectNode json = Json.object();
        json.put("epochs", epochs);
        json.put("bestEpoch", bestEpoch);
        train.ifPresent(score -> json.set("train", score.toJson()));
        validation.ifPresent(score -> json.set("validation", score.toJson()));
        test.ifPresent(score -> json.set("test", score.toJson()));
        ObjectNode bestJson = json.putObject("best");
        best.validation().ifPresent(score -> bestJson.set("validation", score.toJson()));
        best.test().ifPresent(score -> bestJson.set("test", score.toJson()));
        ranks.forEach(json.putArray("ranks")::add);
        json.putObject("parameters")
                .put("dense", parameters.dense())
                .put("evaluation", parameters.evaluation())
                .put("training", parameters.training());
        json.putObject("compression")
                .put("evaluation", compression.evaluation())
                .put("training", compression.training());
        ObjectNode secondsJson = json.putObject("seconds");
        if (!Double.isNaN(seconds.total())) {
            secondsJson.put("total", seconds.total());
        }
        seconds.medianStep().ifPresent(step -> secondsJson.put("medianStep", step));
        if (peakMemoryBytes >= 0) {
            json.put("peakMemoryBytes", peakMemoryBytes);
        }
        return json;
    }

    static Summary read(ObjectNode json) throws IOException {
        ObjectNode best = Json.objectField(json, "best");
        ObjectNode parameters = Json.objectField(json, "parameters");
        ObjectNode compression = Json.objectField(json, "compression");
        ObjectNode seconds = Json.objectField(json, "seconds");
        return new Summary(
                Json.intField(json, "epochs"),
                Json.intField(json, "bestEpoch"),
                score(json, "train"),
                score(json, "validation"),
                score(json, "test"),
                new Best(score(best, "validation"), score(best, "test")),
                Json.intsField(json, "ranks"),
                new Parameters(
                        Json.longField(parameters, "dense"),
                        Json.longField(parameters, "evaluation"),
                        Json.longField(parameters, "training")),
                new Compression(Json.doubleField(compression, "evaluation"), Json.doubleField(compression, "training")),
                new Seconds(
                        seconds.has("total") ? Json.doubleField(seconds, "total") : Double.NaN,
                        seconds.has("medianStep")
                                ? OptionalDouble.of(Json.doubleField(seconds, "medianStep"))
                                : OptionalDouble.empty()),
                json.has("peakMemoryBytes") ? Json.longField(json, "peakMemoryBytes") : -1);
    }

    private static Optional<Score> score(ObjectNode json, String key) throws IOException {
        return json.has(key) ? Optional.of(Score.read(json.get(key))) : Optional.empty();
    }
}
