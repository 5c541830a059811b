package dev.stiefel.lab.spec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.data.vision.VisionData;
import dev.stiefel.lab.session.SmallRuns;
import dev.stiefel.lab.text.Words;
import dev.stiefel.model.Network;
import dev.stiefel.train.EpochRecord;
import dev.stiefel.train.Method;
import dev.stiefel.train.Outcome;
import dev.stiefel.train.Recorder;
import dev.stiefel.train.TrainData;
import dev.stiefel.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// No method diverges with its defaults, whatever the rank and the optimizer. (The same on MNIST, wider and at more
/// ranks: docs/guide/choosing.md.)
class SafeDefaultsTest {
    static Stream<Arguments> methodsAndOptimizers() {
        return Stream.of(Method.values())
                .filter(Method::isLowRank)
                .flatMap(method -> Stream.of(OptimizerName.values())
                        .filter(each -> each.goesWith(method))
                        .map(each -> Arguments.of(method, each)));
    }

    @ParameterizedTest
    @MethodSource("methodsAndOptimizers")
    void noRankDiverges(Method method, OptimizerName optimizer) throws IOException {
        VisionData data = SmallRuns.DIGITS.load("digits");
        for (int[] shape : new int[][] {{2, 50}, {2, 300}, {20, 50}, {60, 300}}) {
            RunSpec spec = Presets.of(
                            "digits",
                            Map.of(
                                    "method",
                                    method.word(),
                                    "optimizer",
                                    Words.of(optimizer),
                                    "rank",
                                    shape[0],
                                    "width",
                                    shape[1],
                                    "epochs",
                                    2,
                                    "threads",
                                    1))
                    .spec();
            TrainData samples =
                    spec.splitSpec().apply(data.train(), data.test()).toTrainData();
            List<EpochRecord> epochs = new ArrayList<>();
            try (Network network = spec.network();
                    Trainer trainer = new Trainer(network, spec.trainSpec(), samples)) {
                Outcome outcome = trainer.run(new Recorder() {
                    @Override
                    public void epochEnded(Trainer at, EpochRecord epoch) {
                        epochs.add(epoch);
                    }
                });
                String which = "%s, %s, rank %d of width %d".formatted(method, optimizer, shape[0], shape[1]);
                assertThat(outcome).as(which).isInstanceOf(Outcome.Finished.class);
                assertThat(epochs.getLast().train().loss())
                        .as(which)
                        .isLessThan(epochs.getFirst().train().loss());
            }
        }
    }
}
