package dev.stiefel.nn;

class OrthonormalSequenceTest extends OrthonormalLinearTest {
    @Override
    boolean ofSequences() {
        return true;
    }
}
