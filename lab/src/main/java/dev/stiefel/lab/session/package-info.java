/// Sessions that make runs ([dev.stiefel.lab.session.RunSession]): training, resuming, fine-tuning, compressing,
/// importing.
@NullMarked
package dev.stiefel.lab.session;

import org.jspecify.annotations.NullMarked;
