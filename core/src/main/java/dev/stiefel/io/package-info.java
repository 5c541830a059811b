/// Files that survive: tensors in the safetensors format, and files and folders replaced whole or not at all.
///
/// A broken file is an `IOException` of one line, `cannot read PATH: the problem; its meaning`.
@NullMarked
package dev.stiefel.io;

import org.jspecify.annotations.NullMarked;
