/// Text data sets that are known by name, fetched and verified or made by the program.
@NullMarked
package dev.stiefel.data.language;

import org.jspecify.annotations.NullMarked;
