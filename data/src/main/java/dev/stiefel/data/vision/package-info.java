/// Image data sets by name, and the IDX files that contain them.
@NullMarked
package dev.stiefel.data.vision;

import org.jspecify.annotations.NullMarked;
