/// Logs of runs that other code trained, made runs like any other
/// ([dev.stiefel.lab.logs.LogImport]).
@NullMarked
package dev.stiefel.lab.logs;

import org.jspecify.annotations.NullMarked;
