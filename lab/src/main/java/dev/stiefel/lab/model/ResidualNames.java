package dev.stiefel.lab.model;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Names that modules of residual networks usually have in PyTorch, for the layers of [dev.stiefel.model.ResNet20]:
/// `stage2.block1.norm1` is `layer2.0.bn1`.
final class ResidualNames {
    private static final Pattern BLOCK = Pattern.compile("stage([0-9]+)\\.block([0-9]+)\\.(.*)");

    private ResidualNames() {}

    /// Returns whether a network has such layers.
    static boolean apply(List<String> layers) {
        return layers.stream().anyMatch(layer -> BLOCK.matcher(layer).matches());
    }

    /// Names that the module of a layer can have, the most usual first.
    static List<String> of(String layer) {
        Matcher block = BLOCK.matcher(layer);
        if (!block.matches()) {
            return List.of(layer.replaceFirst("^norm", "bn"));
        }
        String within = "layer%s.%s.".formatted(block.group(1), Integer.parseInt(block.group(2)) - 1);
        return switch (block.group(3)) {
            case "projection" -> List.of(within + "downsample.0", within + "shortcut.0");
            case "projection_norm" -> List.of(within + "downsample.1", within + "shortcut.1");
            default -> List.of(within + block.group(3).replaceFirst("^norm", "bn"));
        };
    }
}
