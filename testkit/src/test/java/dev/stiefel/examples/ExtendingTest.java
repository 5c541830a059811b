package dev.stiefel.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.model.SpecTypes;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.testkit.LayerContract;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The programs of docs/guide/extending.md do what they say.
class ExtendingTest {
    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();
    private static final Path SOURCES = ROOT.resolve("testkit/src/test/java/dev/stiefel/examples");

    @Test
    void theProgramLearnsWithWhatIsItsOwn() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        Extended.program(new PrintStream(bytes, true, StandardCharsets.UTF_8));

        Matcher printed = Pattern.compile("within one: (0\\.\\d+) before, (\\d\\.\\d+) after\\R"
                        + "best: epoch \\d+, ranks \\[8]\\R"
                        + "the same network from JSON: true\\R")
                .matcher(bytes.toString(StandardCharsets.UTF_8));
        assertThat(printed.matches()).as(bytes.toString(StandardCharsets.UTF_8)).isTrue();
        assertThat(Double.parseDouble(printed.group(1))).isLessThan(0.3);
        assertThat(Double.parseDouble(printed.group(2))).isGreaterThan(0.6);
    }

    @Test
    void theLayerKeepsTheContract() {
        LayerContract.of(new ScaleSpec(), new SampleShape.Vector(5))
                .types(SpecTypes.standard().withLayer("scale", ScaleSpec.class))
                .check();
        LayerContract.of(new ScaleSpec(), new SampleShape.Sequence(3)).check();
    }

    @Test
    void installedTypesAreKnownByTheirWords() {
        assertThat(SpecTypes.installed().layers()).containsEntry("scale", ScaleSpec.class);
        assertThat(SpecTypes.installed().losses()).containsEntry("huber", Huber.class);
        assertThat(SpecTypes.standard().layers()).doesNotContainKey("scale");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ScaleSpec", "LeftBasisStep", "SignMomentum", "Huber", "OwnTypes", "WithinOne", "BestEpoch"})
    void theGuideShowsExactlyThisSource(String name) throws IOException {
        List<String> source = Files.readAllLines(SOURCES.resolve(name + ".java"));
        int from = 0;
        while (!source.get(from).startsWith("///")) {
            from++;
        }
        assertThat(Files.readString(ROOT.resolve("docs/guide/extending.md")))
                .contains("```java\n" + String.join("\n", source.subList(from, source.size())) + "\n```");
    }

    @Test
    void theGuideShowsExactlyThisProgram() throws IOException {
        List<String> source = Files.readAllLines(SOURCES.resolve("Extended.java"));
        List<String> program =
                source.subList(source.indexOf("        // the program"), source.indexOf("        // its end")).stream()
                        .skip(1)
                        .map(line -> line.isBlank() ? "" : line.substring(8))
                        .toList();
        assertThat(Files.readString(ROOT.resolve("docs/guide/extending.md")))
                .contains("```java\n" + String.join("\n", program) + "\n```");
    }
}
