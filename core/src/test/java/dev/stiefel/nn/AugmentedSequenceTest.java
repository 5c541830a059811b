package dev.stiefel.nn;

class AugmentedSequenceTest extends AugmentedLinearTest {
    @Override
    boolean ofSequences() {
        return true;
    }
}
