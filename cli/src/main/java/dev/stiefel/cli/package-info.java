/// The command line: one class a command, from arguments to a library call to an exit code.
@NullMarked
package dev.stiefel.cli;

import org.jspecify.annotations.NullMarked;
