package dev.stiefel.lab.analysis;

import dev.stiefel.lab.run.Cost;
import java.util.Optional;

final class Costs {
    static Optional<Cost> of(RecordedRun run, int epoch) { throw new UnsupportedOperationException(); }
    static double training(RecordedRun run, int epoch) { throw new UnsupportedOperationException(); }
    static long trainingParameters(RecordedRun run, int epoch) { throw new UnsupportedOperationException(); }
}
