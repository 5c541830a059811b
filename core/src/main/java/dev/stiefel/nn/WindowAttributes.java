package dev.stiefel.nn;

import dev.stiefel.tensor.ImageGrid;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A window as attributes of ONNX's `Conv`, `MaxPool` and `AveragePool`. Dilation is left out where it is 1.
final class WindowAttributes {
    private WindowAttributes() {}

    static Map<String, Object> of(ImageGrid grid) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        attributes.put("kernel_shape", pair(grid.kernelHeight(), grid.kernelWidth()));
        attributes.put("strides", pair(grid.strideHeight(), grid.strideWidth()));
        long down = grid.paddingHeight();
        long across = grid.paddingWidth();
        attributes.put("pads", List.of(down, across, down, across)); // top, left, bottom, right
        if (grid.dilationHeight() != 1 || grid.dilationWidth() != 1) {
            attributes.put("dilations", pair(grid.dilationHeight(), grid.dilationWidth()));
        }
        return attributes;
    }

    private static List<Long> pair(long height, long width) {
        return List.of(height, width);
    }
}
