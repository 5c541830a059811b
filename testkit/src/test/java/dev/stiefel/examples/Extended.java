package dev.stiefel.examples;

import static dev.stiefel.nn.LinearSpec.linear;

import dev.stiefel.lowrank.Factors.Gauge;
import dev.stiefel.lowrank.Spectrum;
import dev.stiefel.model.Network;
import dev.stiefel.model.NetworkJson;
import dev.stiefel.model.NetworkSpec;
import dev.stiefel.model.SpecTypes;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Rng;
import dev.stiefel.train.EvaluationSpec;
import dev.stiefel.train.Metrics;
import dev.stiefel.train.TrainData;
import dev.stiefel.train.TrainSpec;
import dev.stiefel.train.Trainer;
import dev.stiefel.train.TrainingMethod;
import dev.stiefel.train.VectorSamples;
import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/// Training with a layer, an integrator, an optimizer, a loss, a measure and a recorder that the library does not
/// know.
final class Extended {
    private Extended() {}

    static void program(PrintStream out) {
        // the program
        NetworkSpec spec = NetworkSpec.vectors(
                        8,
                        x -> x.then(linear(16).rank(8).relu())
                                .then("gain", new ScaleSpec())
                                .then(linear(2)))
                .withLoss(new Huber(1));
        TrainSpec train = TrainSpec.defaults(TrainingMethod.of("left-basis", new LeftBasisStep()))
                .withOptimizer(new SignMomentum(0.9))
                .withLearningRate(0.005)
                .withEpochs(40);
        EvaluationSpec measured = new EvaluationSpec(List.of(new WithinOne()), List.of(), "within_one");
        BestEpoch best = new BestEpoch();
        try (Network network =
                        Network.random(spec, DType.FLOAT32, Gauge.ORTHONORMAL, new Spectrum.Gaussian(), Rng.seeded(1));
                Trainer trainer = new Trainer(network, train, samples(), measured)) {
            Metrics before = trainer.evaluate(samples().train());
            trainer.run(best);
            Metrics after = trainer.evaluate(samples().train());
            out.printf(
                    "within one: %.2f before, %.2f after%n", before.figure("within_one"), after.figure("within_one"));
            out.printf("best: %s%n", best);
        }

        SpecTypes types =
                SpecTypes.standard().withLayer("scale", ScaleSpec.class).withLoss("huber", Huber.class);
        NetworkJson json = new NetworkJson(types);
        out.printf(
                "the same network from JSON: %s%n", json.read(json.write(spec)).equals(spec));
        // its end
    }

    private static TrainData samples() {
        SplittableRandom random = new SplittableRandom(1);
        float[] inputs = new float[500 * 8];
        float[] targets = new float[500 * 2];
        for (int i = 0; i < 500; i++) {
            for (int j = 0; j < 8; j++) {
                inputs[i * 8 + j] = (float) random.nextGaussian();
                targets[i * 2 + j % 2] += j < 4 ? inputs[i * 8 + j] : -inputs[i * 8 + j];
            }
        }
        VectorSamples all = VectorSamples.regression(inputs, 8, targets, 2);
        return new TrainData(all.range(0, 400), Optional.of(all.range(400, 500)), Optional.empty());
    }
}
