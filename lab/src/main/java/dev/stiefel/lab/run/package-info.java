/// Runs: what is trained and how ([dev.stiefel.lab.run.RunSpec]), doing it ([dev.stiefel.lab.run.RunSession]), and the
/// folder that keeps it ([dev.stiefel.lab.run.RunFolder]).
@NullMarked
package dev.stiefel.lab.run;

import org.jspecify.annotations.NullMarked;
