package dev.stiefel.optim;

import dev.stiefel.integrator.DescentDirections;
import dev.stiefel.integrator.Gradients;
import dev.stiefel.integrator.Part;
import dev.stiefel.integrator.Point;

/// Directions from an optimizer whose moments can be moved without a gradient, and forgotten.
public interface MomentAccess extends DescentDirections {
    /// The directions for a gradient of zero, which an optimizer with a momentum still has: writes those of the
    /// elements `from` up to `to` in place of the part's gradient, and zeros for the rest, whose moments stay
    /// as they are. The whole part counts a step.
    void coast(Part part, Gradients into, long from, long to);

    /// Forgets the moments of these parts, `K`, `L` or `S`, which are from now on zeros of the shapes that they
    /// have at this point. Their steps count on.
    void restart(Point at, Part... parts);
}
