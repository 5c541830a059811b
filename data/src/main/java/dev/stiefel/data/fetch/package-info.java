/// Fetching of data sets' files into the cache folder: sources, downloads, checksums, locks.
@NullMarked
package dev.stiefel.data.fetch;

import org.jspecify.annotations.NullMarked;
