/// What exists only to compare with published code: its weights ([dev.stiefel.lab.published.PublishedWeights]), and its
/// logs as runs ([dev.stiefel.lab.published.LogImport]).
@NullMarked
package dev.stiefel.lab.published;

import org.jspecify.annotations.NullMarked;
