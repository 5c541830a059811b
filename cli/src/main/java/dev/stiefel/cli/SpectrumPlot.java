package dev.stiefel.cli;

import dev.stiefel.lab.model.Inspection.LayerInfo;
import dev.stiefel.lab.text.NumberText;
import java.nio.charset.Charset;
import java.util.List;

/// The singular values of all layers, a line of blocks each: the higher the block, the larger the value, on one
/// logarithmic scale for all. A line that has less room than values shows the largest of neighbours.
final class SpectrumPlot {
    private static final int COLUMNS = 80;
    private static final String BLOCKS = "▁▂▃▄▅▆▇█";
    private static final String DIGITS = "12345678";
    /// Smaller than this share of the largest value, a singular value of a float32 matrix is rounding.
    private static final double ROUNDING = 1e-7;

    private final List<LayerInfo> layers;
    private final String levels;
    private final double least;
    private final double greatest;

    private SpectrumPlot(List<LayerInfo> layers, String levels) {
        this.layers = layers;
        this.levels = levels;
        this.greatest = layers.stream()
                .flatMap(layer -> layer.singularValues().stream())
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
        this.least = layers.stream()
                .flatMap(layer -> layer.singularValues().stream())
                .mapToDouble(Double::doubleValue)
                .filter(value -> value > ROUNDING * greatest)
                .min()
                .orElse(greatest);
    }

    /// A plot with digits if the blocks cannot be written.
    static SpectrumPlot of(List<LayerInfo> layers, Charset charset) {
        boolean blocks = charset.canEncode() && charset.newEncoder().canEncode(BLOCKS);
        return new SpectrumPlot(layers, blocks ? BLOCKS : DIGITS);
    }

    @Override
    public String toString() {
        int name = layers.stream()
                .mapToInt(layer -> DisplayWidth.of(layer.name()))
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder("singular values, largest first, log scale from %s = %s to %s = %s:"
                .formatted(
                        levels.charAt(0),
                        NumberText.fourDigits(least),
                        levels.charAt(7),
                        NumberText.fourDigits(greatest)));
        for (LayerInfo layer : layers) {
            String padding = " ".repeat(name - DisplayWidth.of(layer.name()) + 2);
            text.append(System.lineSeparator())
                    .append(layer.name())
                    .append(padding)
                    .append(line(layer.singularValues(), COLUMNS - name - 2));
        }
        return text.append(System.lineSeparator()).toString();
    }

    private String line(List<Double> values, int room) {
        int columns = Math.min(values.size(), Math.max(1, room));
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < columns; column++) {
            line.append(level(values.get((int) ((long) column * values.size() / columns))));
        }
        return line.toString();
    }

    private char level(double value) {
        if (!(value > least)) {
            return levels.charAt(least == greatest && value == least ? levels.length() - 1 : 0);
        }
        double height = Math.log(value / least) / Math.log(greatest / least);
        return levels.charAt(Math.min(levels.length() - 1, (int) (height * levels.length())));
    }
}
