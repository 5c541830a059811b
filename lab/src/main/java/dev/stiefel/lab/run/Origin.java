package dev.stiefel.lab.run;

import java.util.Optional;

/// Where a model comes from: kept beside its weights.
///
/// @param spec the run
/// @param preparation what lies between its raw samples and the network; empty where that is not known
record Origin(RunSpec spec, Optional<Preparation> preparation) {}
