package dev.stiefel.lab.model;

import dev.stiefel.lab.spec.RunSpec;
import java.util.Optional;

/// Provenance of a model, kept beside its weights.
///
/// @param spec the run
/// @param preparation what lies between its raw samples and the network; empty where that is not known
public record ModelOrigin(RunSpec spec, Optional<Preparation> preparation) {}
