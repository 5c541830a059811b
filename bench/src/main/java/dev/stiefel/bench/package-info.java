/// Benchmarks that answer a question about named real shapes.
@NullMarked
package dev.stiefel.bench;

import org.jspecify.annotations.NullMarked;
