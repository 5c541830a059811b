/// What recorded runs say together: statistics over repeated runs, where errors peak, what
/// they cost.
@NullMarked
package dev.stiefel.lab.analysis;

import org.jspecify.annotations.NullMarked;
