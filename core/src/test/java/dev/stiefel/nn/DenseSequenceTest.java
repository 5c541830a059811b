package dev.stiefel.nn;

class DenseSequenceTest extends DenseLinearTest {
    @Override
    boolean ofSequences() {
        return true;
    }
}
