/// Sweeps: many runs from one spec with axes (`SweepSpec`), made side by side by processes of
/// their own (`Sweep`), in a folder that can be stopped, resumed, widened and merged.
@NullMarked
package dev.stiefel.lab.sweep;

import org.jspecify.annotations.NullMarked;
