package dev.stiefel.nn;

import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Ops;
import dev.stiefel.tensor.Tensor;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Every so many pixels of an image, with channels of zeros around its own.
final class Subsample implements Layer {
    private final String name;
    private final ImageGrid grid;
    private final int channels;
    private final int outputs;
    private final int before; // channels of zeros in front

    Subsample(String name, Image image, int stride, int outputs) {
        this.name = name;
        this.grid = Window.of(1, 1).stride(stride).grid(image);
        this.channels = image.channels();
        this.outputs = outputs;
        this.before = (outputs - channels) / 2;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class);
    }

    @Override
    public Pass pass(PassContext context) {
        return new SubsamplePass();
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        return Optional.of(inputs -> {
            float[] y = new float[grid.positions() * outputs];
            grid.forEachPair((position, pixel, offset) ->
                    System.arraycopy(inputs.getFirst(), pixel * channels, y, position * outputs + before, channels));
            return y;
        });
    }

    @Override
    public ExportForm exportForm() {
        return ExportForm.PLANES;
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        return padded(graph, sliced(graph, inputs.getFirst()));
    }

    private String sliced(OperatorGraph graph, String x) {
        if (grid.positions() == grid.pixels()) {
            return x;
        }
        return graph.apply(
                "Slice",
                name + ".slice",
                x,
                graph.integers(name + ".starts", 0, 0),
                graph.integers(name + ".ends", grid.height(), grid.width()),
                graph.integers(name + ".axes", 2, 3), // of [batch, channels, height, width]
                graph.integers(name + ".steps", grid.strideHeight(), grid.strideWidth()));
    }

    private String padded(OperatorGraph graph, String x) {
        if (outputs == channels) {
            return x;
        }
        int behind = outputs - channels - before;
        return graph.apply("Pad", name, x, graph.integers(name + ".pads", 0, before, 0, 0, 0, behind, 0, 0));
    }

    private final class SubsamplePass implements Pass {
        private @Nullable Tensor delta;

        private Tensor pixel(Tensor images, int sample, int pixel) {
            int row = sample * grid.pixels() + pixel;
            return images.rows(row, row + 1);
        }

        private Tensor position(Tensor outputRows, int sample, int position) {
            int row = sample * grid.positions() + position;
            return outputRows.rows(row, row + 1).columnRange(before, before + channels);
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            Tensor x = inputs.getFirst().values();
            if (x.type() == DType.FLOAT32) {
                forwardFloats(x, output);
                return;
            }
            output.clear();
            for (int i = 0; i < inputs.getFirst().samples(); i++) {
                int sample = i;
                grid.forEachPair((position, pixel, offset) ->
                        position(output, sample, position).copyFrom(pixel(x, sample, pixel)));
            }
        }

        /// A row of positions at a time.
        private void forwardFloats(Tensor x, Tensor output) {
            int width = grid.outputWidth();
            float[] pixels = new float[grid.width() * channels];
            float[] row = new float[width * outputs];
            for (int i = 0; i < output.rows() / width; i++) {
                x.readRows(firstPixel(i), grid.width(), pixels);
                for (int ox = 0; ox < width; ox++) {
                    int from = ox * grid.strideWidth() * channels;
                    System.arraycopy(pixels, from, row, ox * outputs + before, channels);
                }
                output.writeRows(i * width, width, row);
            }
        }

        /// First pixel of the row that a row of positions sees, counted over all images.
        private int firstPixel(int outputRow) {
            int sample = outputRow / grid.outputHeight();
            int oy = outputRow % grid.outputHeight();
            return (sample * grid.height() + oy * grid.strideHeight()) * grid.width();
        }

        private void backwardFloats(Tensor from, Tensor into) {
            int width = grid.outputWidth();
            float[] pixels = new float[grid.width() * channels];
            float[] row = new float[width * outputs];
            for (int i = 0; i < from.rows() / width; i++) {
                from.readRows(i * width, width, row);
                into.readRows(firstPixel(i), grid.width(), pixels);
                for (int ox = 0; ox < width; ox++) {
                    int to = ox * grid.strideWidth() * channels;
                    int at = ox * outputs + before;
                    for (int j = 0; j < channels; j++) {
                        pixels[to + j] += row[at + j];
                    }
                }
                into.writeRows(firstPixel(i), grid.width(), pixels);
            }
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            Tensor from = delta;
            if (from == null) {
                throw new IllegalStateException("subsample '%s': inputGradient must follow backward".formatted(name));
            }
            if (how == Accumulation.WRITE) {
                into.clear();
            }
            if (into.type() == DType.FLOAT32) {
                backwardFloats(from, into);
                return;
            }
            for (int i = 0; i < from.rows() / grid.positions(); i++) {
                int sample = i;
                grid.forEachPair((position, pixel, offset) ->
                        Ops.axpyInPlace(pixel(into, sample, pixel), 1, position(from, sample, position)));
            }
        }
    }
}
