/// How this module's files of JSON are read and written.
@NullMarked
package dev.stiefel.data.json;

import org.jspecify.annotations.NullMarked;
