/// Records of runs on disk ([dev.stiefel.lab.record.RunFolder]): `run.json`, history, spectra and checkpoints.
@NullMarked
package dev.stiefel.lab.record;

import org.jspecify.annotations.NullMarked;
