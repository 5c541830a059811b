package dev.stiefel.io;

import dev.stiefel.nn.SampleShape.Image;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The forms of the images in a graph: rows `[batch, height · width, channels]` or planes `[batch, channels, height,
/// width]`. A value is converted once, however many layers want it in the other form.
final class ImageForms {
    private final OnnxGraph graph;
    private final Map<String, Image> planes = new HashMap<>(); // the values that are planes
    private final Map<String, String> rowsOf = new HashMap<>(); // by the planes
    private final Map<String, String> planesOf = new HashMap<>(); // by the rows
    private final Map<String, String> channelsLast = new HashMap<>(); // by the planes

    ImageForms(OnnxGraph graph) {
        this.graph = graph;
    }

    /// Notes that a value is planes.
    void addPlanes(String value, Image image) {
        planes.put(value, image);
    }

    boolean isPlanes(String value) {
        return planes.containsKey(value);
    }

    /// The image as rows.
    String rows(String value) {
        Image image = planes.get(value);
        if (image == null) {
            return value;
        }
        return rowsOf.computeIfAbsent(value, _ -> {
            String rows = graph.reshape(
                    value + ".rows", channelsLast(value), image.height() * image.width(), image.channels());
            planesOf.put(rows, value);
            return rows;
        });
    }

    /// The image as planes.
    String planes(String value, Image image) {
        if (isPlanes(value)) {
            return value;
        }
        return planesOf.computeIfAbsent(value, _ -> {
            String made = fromRows(value, image);
            planes.put(made, image);
            rowsOf.put(made, value);
            return made;
        });
    }

    private String fromRows(String value, Image image) {
        if (hasOneOrder(image)) {
            return graph.reshape(value + ".planes", value, image.channels(), image.height(), image.width());
        }
        String pixels = graph.reshape(value + ".pixels", value, image.height(), image.width(), image.channels());
        return transpose(value + ".planes", pixels, 0, 3, 1, 2);
    }

    /// A value with as many dimensions as it has, whose numbers are in the order of rows.
    String channelsLast(String value) {
        Image image = planes.get(value);
        if (image == null || hasOneOrder(image)) {
            return value;
        }
        return channelsLast.computeIfAbsent(value, _ -> transpose(value + ".pixels", value, 0, 2, 3, 1));
    }

    /// Returns whether rows and planes have their numbers in the same order.
    private static boolean hasOneOrder(Image image) {
        return image.channels() == 1 || image.height() * image.width() == 1;
    }

    private String transpose(String name, String value, long... axes) {
        List<Long> order = Arrays.stream(axes).boxed().toList();
        return graph.apply("Transpose", name, List.of(value), Map.of("perm", order));
    }

    /// Numbers of an image, row by row, in the order of planes.
    static float[] planes(float[] rows, Image image) {
        int pixels = image.height() * image.width();
        float[] planes = new float[rows.length];
        for (int at = 0; at < rows.length; at++) {
            planes[at % image.channels() * pixels + at / image.channels()] = rows[at];
        }
        return planes;
    }
}
