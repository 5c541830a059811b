package dev.stiefel.lab.sweep;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A process of its own, to be killed, that goes on with a sweep.
final class SweptProcess {
    private SweptProcess() {}

    public static void main(String[] args) throws IOException {
        SweepPlan plan = SweepPlan.of(SweepSpec.of(Path.of(args[0])));
        Path folder = Path.of(args[1]);
        new Sweep(plan, folder, new SweepSettings(2, SweepSettings.Retry.NONE, folder, Optional.empty())).run();
    }

    /// Starts one.
    ///
    /// @param output what it prints
    /// @param options of its JVM, which its workers' have, too
    static Process start(Path spec, Path sweep, Path output, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SweptProcess.class.getName()));
        command.addAll(List.of(spec.toString(), sweep.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
