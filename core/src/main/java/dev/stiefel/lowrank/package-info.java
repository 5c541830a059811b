/// Weight matrices in factored form `W = U S Vᵀ`, the rules that choose their rank, and truncation. Knows
/// nothing of networks.
@NullMarked
package dev.stiefel.lowrank;

import org.jspecify.annotations.NullMarked;
