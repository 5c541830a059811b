package dev.stiefel.lab.model;

import dev.stiefel.lab.spec.Architecture;
import dev.stiefel.nn.Window.Extent;
import java.util.Optional;

/// Hints at a network whose file holds names and numbers only.
///
/// @param architecture the kind of network; empty if names and shapes are to tell
/// @param size pixels of the images that it is for; empty if shapes are to tell, as far as they do
public record NetworkHint(Optional<Architecture> architecture, Optional<Extent> size) {
    /// Nothing is known.
    public static final NetworkHint NONE = new NetworkHint(Optional.empty(), Optional.empty());
}
