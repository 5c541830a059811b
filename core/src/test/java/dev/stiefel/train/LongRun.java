package dev.stiefel.train;

import dev.stiefel.model.Network;
import dev.stiefel.tensor.DType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A process that trains a small network for 20,000 steps, ranks adapting all along, and writes down after each of
/// 20 epochs how many bytes of memory it has.
final class LongRun {
    static final Path STATUS = Path.of("/proc/self/status");
    static final int EPOCHS = 20;

    private LongRun() {}

    public static void main(String[] arguments) throws IOException {
        Method method = Method.valueOf(arguments[0]);
        Path report = Files.createFile(Path.of(arguments[1]));
        TrainSpec spec = SpecBuilder.of(method)
                .rate(1e-3)
                .epochs(EPOCHS)
                .batch(4)
                .adapting(0.2, 5)
                .threads(2)
                .build();
        try (Network network = Nets.classifier(method, DType.FLOAT32, 1);
                Trainer trainer = new Trainer(network, spec, Blobs.only(Blobs.classified(1, 4000, 1)))) {
            trainer.run(new Recorder() {
                @Override
                public void epochEnded(Trainer running, EpochRecord epoch) {
                    try {
                        Files.writeString(report, residentBytes() + "\n", StandardOpenOption.APPEND);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            });
        }
    }

    private static long residentBytes() throws IOException {
        return Files.readAllLines(STATUS).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
