package dev.stiefel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stiefel.lab.model.Inspection.LayerInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SpectrumPlotTest {
    private static LayerInfo layer(String name, double... sigma) {
        return new LayerInfo(
                name,
                900,
                900,
                OptionalInt.of(sigma.length),
                1,
                DoubleStream.of(sigma).boxed().toList());
    }

    private static String plot(LayerInfo... layers) {
        return SpectrumPlot.of(List.of(layers), StandardCharsets.UTF_8).toString();
    }

    @Test
    void equalFactorsAreEqualStepsAndTheScaleIsSaid() {
        assertThat(plot(layer("a", 128, 64, 32, 16, 8, 4, 2, 1), layer("bc", 16)))
                .isEqualTo("""
                    singular values, largest first, log scale from ▁ = 1.000 to █ = 128.0:
                    a   █▇▆▅▄▃▂▁
                    bc  ▅
                    """);
    }

    @Test
    void anOutputThatHasNoBlocksShowsDigits() {
        assertThat(SpectrumPlot.of(List.of(layer("a", 128, 16, 1)), StandardCharsets.US_ASCII))
                .asString()
                .contains("from 1 = 1.000 to 8 = 128.0", "a  851");
    }

    @Test
    void whatIsRoundingOrNothingLiesAtTheBottomAndHidesNoStep() {
        assertThat(plot(layer("a", 4, 2, 1e-9, 0))).contains("from ▁ = 2.000 to █ = 4.000", "a  █▁▁▁");
        assertThat(plot(layer("a", 3, 3))).contains("from ▁ = 3.000 to █ = 3.000", "a  ██");
        assertThat(plot(layer("a", 0, 0))).contains("a  ██");
        assertThat(plot(layer("a"))).contains("a");
    }

    @Test
    void longSpectraFitEightyColumns() {
        double[] sigma =
                IntStream.range(0, 900).mapToDouble(i -> Math.pow(0.99, i)).toArray();
        List<String> lines =
                plot(layer("layers.0", sigma), layer("layers.10", 1)).lines().toList();
        assertThat(lines).hasSize(3).allMatch(line -> DisplayWidth.of(line) <= 80);
        assertThat(DisplayWidth.of(lines.get(1))).isEqualTo(80);
        assertThat(lines.get(1)).matches("layers.0   █+▇+▆+▅+▄+▃+▂+▁+");
    }
}
