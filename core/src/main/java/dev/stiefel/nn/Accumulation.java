package dev.stiefel.nn;

import static dev.stiefel.tensor.Ops.axpyInPlace;

import dev.stiefel.tensor.Tensor;

/// Way of storing a gradient.
public enum Accumulation {
    /// It is written over what is there.
    WRITE,
    /// It is added to what is there.
    ADD;

    /// Writes or adds a gradient that was made elsewhere.
    void put(Tensor made, Tensor place) {
        switch (this) {
            case WRITE -> place.copyFrom(made);
            case ADD -> axpyInPlace(place, 1, made);
        }
    }
}
