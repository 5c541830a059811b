/// Steps for matrices on the manifold of low rank. An integrator sees factors, a [GradientField] and a
/// [DescentDirections]; it knows nothing of networks, layers or data, and is tested on matrix differential
/// equations.
@NullMarked
package dev.stiefel.integrator;

import org.jspecify.annotations.NullMarked;
