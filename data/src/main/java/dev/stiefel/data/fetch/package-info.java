/// How files of data sets get into the cache folder: sources, downloads, checksums, locks.
@NullMarked
package dev.stiefel.data.fetch;

import org.jspecify.annotations.NullMarked;
