/// Files that survive: tensors in the safetensors format, and files and folders replaced whole or not at all.
///
/// What is broken is an `IOException` of one line, `cannot read PATH: what is wrong; what to make of it`.
@NullMarked
package dev.stiefel.io;

import org.jspecify.annotations.NullMarked;
