package dev.stiefel.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.stiefel.model.Network;
import dev.stiefel.optim.Adam;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class ResourcesTest {
    @ParameterizedTest
    @EnumSource
    void twoThousandStepsLeaveNoTensorBehind(Method method) {
        long owners = Scope.liveOwners();
        TrainSpec spec = SpecBuilder.of(method)
                .optimizer(new Adam())
                .rate(1e-3)
                .epochs(250) // of eight steps
                .adapting(0.2, 5)
                .threads(2)
                .build();
        TrainData data = Blobs.validated(Blobs.classified(1, 120, 1), Blobs.classified(2, 20, 1));
        try (Network network = Nets.classifier(method, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, data)) {
            List<Long> atEpochs = new ArrayList<>();
            trainer.run(new Recorder() {
                @Override
                public void epochEnded(Trainer running, EpochRecord epoch) {
                    atEpochs.add(Scope.liveOwners());
                }
            });
            assertThat(trainer.steps()).isEqualTo(2000);
            assertThat(atEpochs.subList(2, atEpochs.size())).containsOnly(atEpochs.get(2));
        }
        assertThat(Scope.liveOwners()).isEqualTo(owners);
    }

    /// In a process of its own, whose heap is resident from the start: what grows is native memory. Code that is
    /// compiled late makes up to 2 MB; one small matrix a step that nobody frees makes more than 4.
    @ParameterizedTest
    @EnumSource(
            mode = Mode.INCLUDE,
            names = {"RIEMANNIAN", "BUG"})
    @Tag("slow")
    void residentMemoryStaysLevelOverTwentyThousandSteps(Method method, @TempDir Path folder)
            throws IOException, InterruptedException {
        assumeTrue(Files.exists(LongRun.STATUS));
        Path report = folder.resolve("resident");
        Path output = folder.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Xms64m",
                        "-Xmx64m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1", // the optimizing compiler's own memory comes and goes
                        "-cp",
                        System.getProperty("java.class.path"),
                        LongRun.class.getName(),
                        method.name(),
                        report.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(10, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended).isTrue();
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
        long[] resident =
                Files.readAllLines(report).stream().mapToLong(Long::parseLong).toArray();
        assertThat(resident).hasSize(LongRun.EPOCHS);
        long settled =
                LongStream.of(resident).skip(LongRun.EPOCHS / 4).findFirst().orElseThrow();
        long most = LongStream.of(resident).skip(LongRun.EPOCHS / 4).max().orElseThrow();
        assertThat(most - settled).isLessThan(4L << 20);
    }
}
