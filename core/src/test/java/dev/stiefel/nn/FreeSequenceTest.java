package dev.stiefel.nn;

class FreeSequenceTest extends FreeLinearTest {
    @Override
    boolean ofSequences() {
        return true;
    }
}
