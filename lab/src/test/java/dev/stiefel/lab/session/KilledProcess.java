package dev.stiefel.lab.session;

import dev.stiefel.train.Trainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// The process that [KillTest] kills: trains the run in a folder, from the beginning or from where it stopped, with a
/// checkpoint after every second step. Says "training" when it begins.
final class KilledProcess {
    private KilledProcess() {}

    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        RunSession session = Files.exists(folder.resolve("run.json"))
                ? SmallRuns.resume(folder)
                : RunSession.create(KillTest.SPEC, folder, SmallRuns.DIGITS);
        session.withCheckpointEvery(2).run(new RunListener() {
            @Override
            public void started(Path run, Trainer trainer) {
                PrintStream out = System.out;
                out.println("training");
                out.flush();
            }
        });
    }
}
