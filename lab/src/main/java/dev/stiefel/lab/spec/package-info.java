/// Specifications of runs ([dev.stiefel.lab.spec.RunSpec]): options, presets, defaults, and the rules about what goes
/// together. Knows no data, no weights and no folders.
@NullMarked
package dev.stiefel.lab.spec;

import org.jspecify.annotations.NullMarked;
