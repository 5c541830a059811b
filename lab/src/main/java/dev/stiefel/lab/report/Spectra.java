package dev.stiefel.lab.report;

import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.record.RunFolder;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The singular values of a run's factored weights after some of its epochs. The file is read line by line, and only
/// these epochs are kept.
final class Spectra {
    /// Layer, then epoch, then singular values, largest first.
    private final NavigableMap<Integer, NavigableMap<Integer, List<Double>>> layers = new TreeMap<>();

    private Spectra() {}

    /// Reads a run's `spectrum.csv`, where it has one.
    ///
    /// @param epochs number of the run's epochs
    /// @param most maximum number to keep, evenly spread, with the first and the last
    static Spectra read(Path run, int epochs, int most) throws IOException {
        Spectra spectra = new Spectra();
        Path file = run.resolve(RunFolder.SPECTRUM);
        if (!Files.exists(file)) {
            return spectra;
        }
        Set<Integer> kept = spread(epochs, most);
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            lines.readLine(); // the header
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                int comma = line.indexOf(',');
                if (comma > 0 && kept.contains(Integer.parseInt(line, 0, comma, 10))) {
                    String[] cells = line.split(",", -1);
                    if (cells.length == 4) {
                        spectra.layers
                                .computeIfAbsent(Integer.parseInt(cells[1]), _ -> new TreeMap<>())
                                .computeIfAbsent(Integer.parseInt(cells[0]), _ -> new ArrayList<>())
                                .add(Double.parseDouble(cells[3]));
                    }
                }
            }
        } catch (NumberFormatException e) {
            throw new InvalidRunException("cannot read %s: a row is damaged: %s".formatted(file, e.getMessage()), e);
        }
        return spectra;
    }

    NavigableMap<Integer, NavigableMap<Integer, List<Double>>> layers() {
        return layers;
    }

    /// Whole numbers from 1 to a last one, evenly spread, both ends among them.
    static Set<Integer> spread(int last, int most) {
        Set<Integer> spread = new TreeSet<>();
        int count = Math.min(last, most);
        for (int i = 0; i < count; i++) {
            spread.add(count == 1 ? last : 1 + (int) Math.round((double) i * (last - 1) / (count - 1)));
        }
        return spread;
    }
}
