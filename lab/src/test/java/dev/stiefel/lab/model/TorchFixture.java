package dev.stiefel.lab.model;

import dev.stiefel.io.Npy;
import dev.stiefel.nn.RowLayout;
import dev.stiefel.nn.SampleRows;
import dev.stiefel.nn.SampleShape;
import dev.stiefel.tensor.DType;
import dev.stiefel.tensor.Scope;
import dev.stiefel.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A network of PyTorch whose weights follow from a formula, beside the script that computed its outputs:
/// `images/make.py`.
public final class TorchFixture {
    public static final Path FOLDER = Path.of("src/test/resources/dev/stiefel/lab/model/images");

    private static final int IMAGES = 1_000_000;
    private static final int COUNT = 2;

    private final String name;
    private final SampleShape.Image image;
    private final Map<String, int[]> shapes = new LinkedHashMap<>();

    private TorchFixture(String name, List<String> lines) {
        this.name = name;
        int[] planes = integers(lines.getFirst().split(" ", -1));
        this.image = new SampleShape.Image(planes[1], planes[2], planes[0]);
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ", -1);
            shapes.put(words[0], integers(Arrays.copyOfRange(words, 1, words.length)));
        }
    }

    public static TorchFixture of(String name) throws IOException {
        return new TorchFixture(name, Files.readAllLines(FOLDER.resolve(name + ".txt")));
    }

    private static int[] integers(String[] words) {
        return Arrays.stream(words).mapToInt(Integer::parseInt).toArray();
    }

    public SampleShape.Image image() {
        return image;
    }

    /// Names and shapes of the state dict.
    public Map<String, int[]> shapes() {
        return new LinkedHashMap<>(shapes);
    }

    /// The state dict.
    public Map<String, Tensor> tensors(Scope scope) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        int number = 0;
        for (Map.Entry<String, int[]> each : shapes.entrySet()) {
            tensors.put(each.getKey(), tensor(scope, number++, each.getKey(), each.getValue()));
        }
        return tensors;
    }

    private static Tensor tensor(Scope scope, int number, String name, int... shape) {
        int size = Arrays.stream(shape).reduce(1, Math::multiplyExact);
        float[] values = switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "weight" ->
                shape.length == 1
                        ? uniform(number, size, 1, 1)
                        : uniform(number, size, (float) (2 * Math.sqrt(6.0 * shape[0] / size)), 0);
            case "running_var" -> uniform(number, size, 1, 1);
            default -> uniform(number, size, 0.5f, 0);
        };
        Tensor tensor = scope.uninitialized(DType.FLOAT32, shape);
        tensor.write(0, values, 0, size);
        return tensor;
    }

    private static float[] uniform(int tensor, int count, float width, float middle) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            int h = i * 0x9E3779B1 + tensor * 0x85EBCA6B;
            h ^= h >>> 15;
            h *= 0x2C1B3C6D;
            h ^= h >>> 12;
            h *= 0x297A2D39;
            h ^= h >>> 15;
            values[i] = ((h >>> 8) * 0x1p-24f - 0.5f) * width + middle;
        }
        return values;
    }

    /// Two images of this shape, as networks take them.
    public static SampleRows inputs(Scope scope, SampleShape.Image image) {
        int size = image.values().orElseThrow();
        float[] planes = uniform(IMAGES, COUNT * size, 1, 0.5f);
        Tensor pixels = scope.uninitialized(DType.FLOAT32, COUNT * image.height() * image.width(), image.channels());
        for (int i = 0; i < COUNT; i++) {
            float[] rows = image.ofPlanes(Arrays.copyOfRange(planes, i * size, (i + 1) * size));
            pixels.write((long) i * size, rows, 0, size);
        }
        return new SampleRows(pixels, RowLayout.uniform(COUNT, image.height() * image.width()));
    }

    /// What PyTorch makes of them.
    public float[] outputs() throws IOException {
        return Npy.readFloats(FOLDER.resolve(name + ".npy"));
    }
}
