package dev.stiefel.nn;

import dev.stiefel.nn.PoolingSpec.Kind;
import dev.stiefel.nn.SampleShape.Image;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.ImageGrid;
import dev.stiefel.tensor.Tensor;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The greatest or the mean value that a window sees of each channel. The gradient of a greatest value goes to the
/// first pixel that has it, by row and column of the window.
final class Pooling implements Layer {
    private final String name;
    private final Kind kind;
    private final Image image;
    private final ImageGrid grid;

    Pooling(String name, Kind kind, Image image, Window window) {
        this.name = name;
        this.kind = kind;
        this.image = image;
        this.grid = window.grid(image);
    }

    @Override
    public String name() {
        return name;
    }

    /// Returns whether windows lie side by side.
    private boolean isTiled() {
        return kind == Kind.MAX
                && grid.strideHeight() == grid.kernelHeight()
                && grid.strideWidth() == grid.kernelWidth()
                && grid.paddingHeight() == 0
                && grid.paddingWidth() == 0
                && grid.dilationHeight() == 1
                && grid.dilationWidth() == 1;
    }

    @Override
    public Set<Kept> keeps() {
        return EnumSet.noneOf(Kept.class);
    }

    @Override
    public Pass pass(PassContext context) {
        if (context.type() == DType.FLOAT64) {
            return new DoublePass(context.mode().goesBack());
        }
        return isTiled()
                ? new TiledPass(context.mode().goesBack())
                : new FloatPass(context.mode().goesBack());
    }

    @Override
    public Optional<SampleFunction> sampleFunction() {
        return Optional.of(inputs -> {
            float[] y = new float[grid.positions() * image.channels()];
            pool(inputs.getFirst(), y, new int[0], 0);
            return y;
        });
    }

    @Override
    public ExportForm exportForm() {
        return ExportForm.PLANES;
    }

    @Override
    public String export(OperatorGraph graph, List<String> inputs) {
        Map<String, Object> attributes = WindowAttributes.of(grid);
        return switch (kind) {
            case MAX -> graph.apply("MaxPool", name, inputs, attributes);
            case AVERAGE -> {
                attributes.put("count_include_pad", 1L);
                yield graph.apply("AveragePool", name, inputs, attributes);
            }
        };
    }

    /// @param winners destination of the offsets of the largest values, starting at number `at`; of length 0 if
    ///     nobody needs them
    private void pool(float[] x, float[] y, int[] winners, int at) {
        int c = image.channels();
        boolean isMax = kind == Kind.MAX;
        Arrays.fill(y, 0, grid.positions() * c, isMax ? Float.NEGATIVE_INFINITY : 0);
        float share = 1f / grid.offsets();
        boolean records = winners.length > 0;
        grid.forEachPair((position, pixel, offset) -> {
            int from = pixel * c;
            int to = position * c;
            if (!isMax) {
                for (int j = 0; j < c; j++) {
                    y[to + j] += share * x[from + j];
                }
            } else if (!records) {
                for (int j = 0; j < c; j++) {
                    y[to + j] = Math.max(y[to + j], x[from + j]);
                }
            } else {
                for (int j = 0; j < c; j++) {
                    float value = x[from + j];
                    if (!(value <= y[to + j])) { // NaN wins, and stays
                        y[to + j] = Float.isNaN(y[to + j]) ? y[to + j] : value;
                        winners[at + to + j] = pixel;
                    }
                }
            }
        });
    }

    private final class FloatPass implements Pass {
        private final boolean goesBack;
        private final float[] x = new float[image.height() * image.width() * image.channels()];
        private final float[] y = new float[grid.positions() * image.channels()];
        private int[] winners = {};
        private @Nullable Tensor delta;

        FloatPass(boolean goesBack) {
            this.goesBack = goesBack;
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            Tensor values = inputs.getFirst().values();
            int samples = inputs.getFirst().samples();
            boolean records = goesBack && kind == Kind.MAX;
            if (records && winners.length < samples * y.length) {
                winners = new int[samples * y.length];
            }
            for (int i = 0; i < samples; i++) {
                values.readRows(i * grid.pixels(), grid.pixels(), x);
                pool(x, y, records ? winners : new int[0], i * y.length);
                output.writeRows(i * grid.positions(), grid.positions(), y);
            }
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            Tensor from = made(delta);
            int c = image.channels();
            float share = 1f / grid.offsets();
            for (int i = 0; i < from.rows() / grid.positions(); i++) {
                from.readRows(i * grid.positions(), grid.positions(), y);
                switch (how) {
                    case WRITE -> Arrays.fill(x, 0);
                    case ADD -> into.readRows(i * grid.pixels(), grid.pixels(), x);
                }
                if (kind == Kind.MAX) {
                    int at = i * y.length;
                    for (int k = 0; k < y.length; k++) {
                        x[winners[at + k] * c + k % c] += y[k];
                    }
                } else {
                    grid.forEachPair((position, pixel, offset) -> {
                        for (int j = 0; j < c; j++) {
                            x[pixel * c + j] += share * y[position * c + j];
                        }
                    });
                }
                into.writeRows(i * grid.pixels(), grid.pixels(), x);
            }
        }
    }

    /// Greatest values of windows that lie side by side, a row of windows at a time. Pixels with the same offset in
    /// their windows are first put side by side, so that loops are as long as a row and without branches, which
    /// vectorizes them whatever the number of channels.
    private final class TiledPass implements Pass {
        private final int c = image.channels();
        private final int imageRow = grid.width() * c;
        private final int outputRow = grid.outputWidth() * c;
        private final boolean goesBack;
        private final float[] x = new float[grid.kernelHeight() * imageRow];
        private final float[] y = new float[outputRow];
        private final float[] own = new float[outputRow]; // of one offset
        private float[][] winners = {}; // a row each: the offset of the pixel that has the greatest value
        private @Nullable Tensor delta;

        TiledPass(boolean goesBack) {
            this.goesBack = goesBack;
        }

        private int firstPixelRow(int outputRowNumber) {
            int sample = outputRowNumber / grid.outputHeight();
            int oy = outputRowNumber % grid.outputHeight();
            return (sample * grid.height() + oy * grid.kernelHeight()) * grid.width();
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            Tensor values = inputs.getFirst().values();
            int rows = inputs.getFirst().samples() * grid.outputHeight();
            if (goesBack && winners.length < rows) {
                winners = new float[rows][outputRow];
            }
            for (int row = 0; row < rows; row++) {
                values.readRows(firstPixelRow(row), grid.kernelHeight() * grid.width(), x);
                collect(0, y);
                if (goesBack) {
                    Arrays.fill(winners[row], 0);
                }
                for (int q = 1; q < grid.offsets(); q++) {
                    collect(q, own);
                    if (goesBack) {
                        note(own, y, q, winners[row]);
                    }
                    greater(own, y);
                }
                output.writeRows(row * grid.outputWidth(), grid.outputWidth(), y);
            }
        }

        /// Notes where a pixel is greater than those before it.
        private static void note(float[] own, float[] y, float q, float[] winners) {
            for (int j = 0; j < winners.length; j++) {
                float isGreater = Math.max(0f, Math.signum(own[j] - y[j]));
                winners[j] += isGreater * (q - winners[j]);
            }
        }

        private static void greater(float[] own, float[] y) {
            for (int j = 0; j < y.length; j++) {
                y[j] = Math.max(y[j], own[j]);
            }
        }

        /// The distance of a window's pixel from the window's first pixel.
        private int offset(int q) {
            return q / grid.kernelWidth() * imageRow + q % grid.kernelWidth() * c;
        }

        private void collect(int q, float[] into) {
            int step = grid.kernelWidth() * c;
            for (int to = 0, from = offset(q); to < outputRow; to += c, from += step) {
                System.arraycopy(x, from, into, to, c);
            }
        }

        private void distribute(int q) {
            int step = grid.kernelWidth() * c;
            for (int from = 0, to = offset(q); from < outputRow; from += c, to += step) {
                System.arraycopy(own, from, x, to, c);
            }
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
        }

        @Override
        public void inputGradient(int index, Tensor into, Accumulation how) {
            Tensor from = made(delta);
            if (how == Accumulation.WRITE && !coversWhole()) {
                into.clear();
            }
            Arrays.fill(x, 0); // pixels on the right that no window sees
            float[] sums = how == Accumulation.ADD ? new float[x.length] : new float[0];
            for (int row = 0; row < from.rows() / grid.outputWidth(); row++) {
                int first = firstPixelRow(row);
                int pixels = grid.kernelHeight() * grid.width();
                from.readRows(row * grid.outputWidth(), grid.outputWidth(), y);
                for (int q = 0; q < grid.offsets(); q++) {
                    hand(y, q, winners[row], own);
                    distribute(q);
                }
                if (how == Accumulation.ADD) {
                    into.readRows(first, pixels, sums);
                    for (int j = 0; j < x.length; j++) {
                        sums[j] += x[j];
                    }
                }
                into.writeRows(first, pixels, how == Accumulation.ADD ? sums : x);
            }
        }

        /// Hands the gradient to the pixels of an offset, where they have the greatest value.
        private static void hand(float[] y, float q, float[] winners, float[] own) {
            for (int j = 0; j < own.length; j++) {
                own[j] = y[j] * (1 - Math.min(1f, Math.abs(winners[j] - q)));
            }
        }

        private boolean coversWhole() {
            return grid.outputHeight() * grid.kernelHeight() == grid.height();
        }
    }

    private static Tensor made(@Nullable Tensor delta) {
        if (delta == null) {
            throw new IllegalStateException("pooling: inputGradient must follow backward");
        }
        return delta;
    }

    /// Double precision, for tests of the mathematics: the same, element by element.
    private final class DoublePass implements Pass {
        private final boolean goesBack;
        private int[] winners = {};
        private @Nullable Tensor delta;

        DoublePass(boolean goesBack) {
            this.goesBack = goesBack;
        }

        private interface Element {
            void meet(int position, int pixel, int column);
        }

        private void forEach(int samples, Element element) {
            for (int i = 0; i < samples; i++) {
                int firstPosition = i * grid.positions();
                int firstPixel = i * grid.pixels();
                grid.forEachPair((position, pixel, offset) -> {
                    for (int j = 0; j < image.channels(); j++) {
                        element.meet(firstPosition + position, firstPixel + pixel, j);
                    }
                });
            }
        }

        @Override
        public void forward(List<SampleRows> inputs, Tensor output) {
            Tensor x = inputs.getFirst().values();
            int c = image.channels();
            double[] y = new double[Math.toIntExact(output.size())];
            Arrays.fill(y, kind == Kind.MAX ? Double.NEGATIVE_INFINITY : 0);
            winners = new int[goesBack ? y.length : 0];
            forEach(inputs.getFirst().samples(), (position, pixel, j) -> {
                double value = x.get(pixel, j);
                int at = position * c + j;
                if (kind == Kind.AVERAGE) {
                    y[at] += value / grid.offsets();
                } else if (!(value <= y[at]) && !Double.isNaN(y[at])) {
                    y[at] = value;
                    if (goesBack) {
                        winners[at] = pixel;
                    }
                }
            });
            output.setAll(y);
        }

        @Override
        public void backward(Tensor newDelta, ParameterGradients gradients) {
            delta = newDelta;
        }

        @Override
        public void inputGradient(int input, Tensor into, Accumulation how) {
            Tensor from = made(delta);
            if (how == Accumulation.WRITE) {
                into.clear();
            }
            forEach(from.rows() / grid.positions(), (position, pixel, j) -> {
                boolean isAverage = kind == Kind.AVERAGE;
                if (isAverage || winners[position * image.channels() + j] == pixel) {
                    double share = isAverage ? 1.0 / grid.offsets() : 1;
                    into.set(pixel, j, into.get(pixel, j) + share * from.get(position, j));
                }
            });
        }
    }
}
