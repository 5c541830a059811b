package dev.stiefel.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.data.vision.DataSets;
import dev.stiefel.model.Network;
import dev.stiefel.nn.Activation;
import dev.stiefel.tensor.Rng;
import dev.stiefel.train.Method;
import dev.stiefel.train.RankPlan;
import dev.stiefel.train.Recorder;
import dev.stiefel.train.TrainSpec;
import dev.stiefel.train.Trainer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeExampleTest {
    @TempDir
    Path cache;

    @Test
    void theReadmesProgramRunsAndLearns() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        program(cache, new PrintStream(bytes, true, StandardCharsets.UTF_8));

        Matcher printed = Pattern.compile("test accuracy (0\\.\\d+), ranks \\[\\d+, \\d+], compression 0\\.\\d+\\R")
                .matcher(bytes.toString(StandardCharsets.UTF_8));
        assertThat(printed.matches()).as(bytes.toString(StandardCharsets.UTF_8)).isTrue();
        assertThat(Double.parseDouble(printed.group(1))).isGreaterThan(0.8);
    }

    @Test
    void theReadmeShowsExactlyThisProgram() throws IOException {
        Path root = Path.of("").toAbsolutePath().getParent();
        String readme = Files.readString(root.resolve("README.md"));
        List<String> source =
                Files.readAllLines(root.resolve("data/src/test/java/dev/stiefel/data/ReadmeExampleTest.java"));

        List<String> program =
                source.subList(source.indexOf("        // the program"), source.indexOf("        // its end")).stream()
                        .skip(1)
                        .map(line -> line.isBlank() ? "" : line.substring(8))
                        .toList();

        assertThat(readme).contains("```java\n" + String.join("\n", program) + "\n```");
    }

    private static void program(Path cache, PrintStream out) throws IOException {
        // the program
        var digits = DataSets.in(cache).load("digits");
        var data = SplitSpec.of(1).withValidation(300).apply(digits.train(), digits.test());
        var spec = TrainSpec.defaults(Method.RIEMANNIAN).withRanks(RankPlan.tolerance(0.03, 0.1));
        try (Network network = Network.builder(64)
                        .factored(64, 24, Activation.RELU)
                        .factored(64, 24, Activation.RELU)
                        .dense(10, Activation.IDENTITY)
                        .build(Rng.seeded(1));
                Trainer trainer = new Trainer(network, spec.withEpochs(30), data.toTrainData())) {
            trainer.run(Recorder.NONE);
            out.printf(
                    "test accuracy %.3f, ranks %s, compression %.2f%n",
                    trainer.evaluate(data.test()).accuracy(), network.ranks(), network.compression());
        }
        // its end
    }
}
