/// Native memory and the native libraries, behind a small door: tensors, the scopes that own them, the products and
/// factorizations of BLAS and LAPACK, the thread policy and seeded generators.
///
/// Nothing outside this package touches native code, and no public signature shows it. Every operation checks its
/// arguments before native code is reached.
@NullMarked
package dev.stiefel.tensor;

import org.jspecify.annotations.NullMarked;
