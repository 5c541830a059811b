package dev.stiefel.data.own;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;

/// How fast tables are read: a program, not a test.
///
/// Arguments: a folder, how many rows, how many columns, decimals of each number. Writes the table
/// there if it is not there yet, reads it three times, and prints seconds and MB/s.
final class TableSpeed {
    private TableSpeed() {}

    public static void main(String[] args) throws IOException {
        int rows = Integer.parseInt(args[1]);
        int columns = Integer.parseInt(args[2]);
        int decimals = Integer.parseInt(args[3]);
        Path file = Path.of(args[0], "table-%d-%d-%d.csv".formatted(rows, columns, decimals));
        if (!Files.exists(file)) {
            write(file, rows, columns, decimals);
        }
        OwnSpec spec = OwnSpec.of(file, 1).withTarget("x0");
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            OwnData data = OwnData.load(spec);
            double seconds = (System.nanoTime() - start) / 1e9;
            IO.println("%,d + %,d rows of %d values, %.0f MB: %.2f s, %.0f MB/s"
                    .formatted(
                            data.train().size(),
                            data.test().size(),
                            data.train().width(),
                            Files.size(file) / 1e6,
                            seconds,
                            Files.size(file) / 1e6 / seconds));
        }
    }

    /// Numbers in `(−10, 10)` with so many decimals.
    private static void write(Path file, int rows, int columns, int decimals) throws IOException {
        SplittableRandom random = new SplittableRandom(1);
        long scale = Math.round(Math.pow(10, decimals));
        try (BufferedWriter out = Files.newBufferedWriter(file)) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                line.append(column == 0 ? "x" : ",x").append(column);
            }
            for (int row = 0; row < rows; row++) {
                out.append(line).append('\n');
                line.setLength(0);
                for (int column = 0; column < columns; column++) {
                    long value = random.nextLong(-10 * scale, 10 * scale);
                    String digits = Long.toString(scale + Math.abs(value) % scale);
                    line.append(column == 0 ? "" : ",")
                            .append(value < 0 ? "-" : "")
                            .append(Math.abs(value) / scale)
                            .append('.')
                            .append(digits, 1, digits.length());
                }
            }
            out.append(line).append('\n');
        }
    }
}
