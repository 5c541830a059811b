/// Analysis of recorded runs: statistics over repeated runs, peaks of errors, costs.
@NullMarked
package dev.stiefel.lab.analysis;

import org.jspecify.annotations.NullMarked;
