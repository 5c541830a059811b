package dev.stiefel.lab.model;

import dev.stiefel.lab.spec.RunSpec;
import java.util.Optional;

/// Provenance of a model, kept beside its weights.
///
/// @param spec the run
/// @param preparation preparation of raw samples for the network; empty if it is not known
public record ModelOrigin(RunSpec spec, Optional<Preparation> preparation) {}
