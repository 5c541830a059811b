/// Trained models ([dev.stiefel.lab.model.Model]): predictions, evaluation, inspection, costs, and their files.
@NullMarked
package dev.stiefel.lab.model;

import org.jspecify.annotations.NullMarked;
