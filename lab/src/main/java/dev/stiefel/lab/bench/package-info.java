/// Measurements of this machine: how fast dense and factored networks are trained and evaluated on it.
@NullMarked
package dev.stiefel.lab.bench;

import org.jspecify.annotations.NullMarked;
