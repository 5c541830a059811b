/// Image data sets by name, and the IDX files that they come in.
@NullMarked
package dev.stiefel.data.vision;

import org.jspecify.annotations.NullMarked;
