/// Reading and writing of this module's JSON files.
@NullMarked
package dev.stiefel.data.json;

import org.jspecify.annotations.NullMarked;
