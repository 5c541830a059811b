/// Means to compare with published code, and for nothing else: its weights
/// ([dev.stiefel.lab.published.PublishedWeights]), and its logs as runs ([dev.stiefel.lab.published.LogImport]).
@NullMarked
package dev.stiefel.lab.published;

import org.jspecify.annotations.NullMarked;
