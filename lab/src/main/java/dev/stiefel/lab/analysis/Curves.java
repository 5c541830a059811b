package dev.stiefel.lab.analysis;

import java.util.List;

final class Curves {
    boolean hasValues() { throw new UnsupportedOperationException(); }
    int epochs() { throw new UnsupportedOperationException(); }
    double value(Measure measure, int epoch) { throw new UnsupportedOperationException(); }
    boolean has(Measure measure) { throw new UnsupportedOperationException(); }
    List<Integer> ranks(int epoch) { throw new UnsupportedOperationException(); }
    long parameters(int epoch) { throw new UnsupportedOperationException(); }
    Outcome outcome(Measure measure) { throw new UnsupportedOperationException(); }
}
