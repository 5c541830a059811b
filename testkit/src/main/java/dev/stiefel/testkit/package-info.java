/// Contracts that implementations of the library's interfaces must keep.
@NullMarked
package dev.stiefel.testkit;

import org.jspecify.annotations.NullMarked;
