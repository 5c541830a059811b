package dev.stiefel.data.own;

import dev.stiefel.io.Npy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Reads an array as inputs of a schema: samples of a file as those that trained.
final class NpyEncoder {
    private NpyEncoder() {}

    static List<float[]> encode(Path file, Schema.Inputs inputs) throws IOException {
        requireNumbers(inputs);
        Npy.Header header = Npy.header(file);
        int samples = samples(file, header, inputs);
        int width = inputs.width();
        boolean pixels = header.type() == Npy.ElementType.UINT8;
        if (pixels && inputs instanceof Schema.Vector(int _, int divisor) && divisor == 1) {
            throw new IllegalArgumentException(
                    "cannot read %s: its numbers are 8-bit, and the model does not record how 8-bit".formatted(file)
                            + " numbers were scaled in training; convert them as in training, with astype(float32)");
        }
        MemoryCheck.require(file, samples, width, (long) width * 2 * Float.BYTES);
        float[] all = Npy.readFloats(file);
        if (pixels && inputs instanceof Schema.Image) {
            for (int i = 0; i < all.length; i++) {
                all[i] /= NpyLoader.BRIGHTEST;
            }
        }
        List<float[]> rows = new ArrayList<>();
        for (int sample = 0; sample < samples; sample++) {
            rows.add(Arrays.copyOfRange(all, sample * width, (sample + 1) * width));
        }
        return rows;
    }

    private static void requireNumbers(Schema.Inputs inputs) {
        switch (inputs) {
            case Schema.Table table ->
                table.columns().stream()
                        .filter(Schema.Category.class::isInstance)
                        .findFirst()
                        .ifPresent(column -> {
                            throw new IllegalArgumentException(
                                    "an array: column %s of the model's table has categories; give it a .csv file"
                                            .formatted(MessageText.quote(column.name())));
                        });
            case Schema.Image _, Schema.Vector _ -> {}
            case Schema.Text _, Schema.TextPair _ ->
                throw new IllegalArgumentException("an array: the model takes texts; give it texts");
        }
    }

    private static int samples(Path file, Npy.Header header, Schema.Inputs inputs) {
        List<Long> shape = header.shape();
        int width = inputs.width();
        boolean one = header.size() == width && (shape.size() == 1 || shape.equals(shape(inputs)));
        boolean many = !shape.isEmpty() && header.size() == shape.getFirst() * width;
        boolean images = !(inputs instanceof Schema.Image)
                || shape.size() < (one ? 2 : 3)
                || shape.subList(one ? 0 : 1, shape.size()).equals(shape(inputs))
                || shape.subList(one ? 0 : 1, shape.size()).equals(plane(inputs));
        if (!(one || many) || !images || header.size() / width > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(MessageText.format(
                    "cannot read %s: it must be samples of %,d values each, of shape [N, %s]; got %s",
                    file,
                    width,
                    String.join(
                            ", ", shape(inputs).stream().map(String::valueOf).toList()),
                    shape));
        }
        return (int) (header.size() / width);
    }

    private static List<Long> shape(Schema.Inputs inputs) {
        return inputs instanceof Schema.Image(int rows, int columns, int channels)
                ? List.of((long) channels, (long) rows, (long) columns)
                : List.of((long) inputs.width());
    }

    /// A grey image's shape without its one channel.
    private static List<Long> plane(Schema.Inputs inputs) {
        return shape(inputs).getFirst() == 1
                ? shape(inputs).subList(1, shape(inputs).size())
                : List.of();
    }
}
