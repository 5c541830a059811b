/// Optimizers: what turns a gradient into a direction, the state they keep, and how step sizes change over a
/// run. Knows nothing of networks.
@NullMarked
package dev.stiefel.optim;

import org.jspecify.annotations.NullMarked;
