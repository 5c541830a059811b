package dev.stiefel.lab.sweep;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// The process that [SweepKillTest] kills: goes on with a sweep.
final class SweptProcess {
    private SweptProcess() {}

    public static void main(String[] args) throws IOException {
        SweepPlan plan = SweepPlan.of(SweepSpec.of(Path.of(args[0])));
        Path folder = Path.of(args[1]);
        new Sweep(plan, folder, new SweepSettings(2, SweepSettings.Retry.NONE, folder, Optional.empty())).run();
    }
}
