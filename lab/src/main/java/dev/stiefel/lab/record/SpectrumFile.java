package dev.stiefel.lab.record;

import dev.stiefel.io.DurableFiles;
import dev.stiefel.lab.model.InvalidRunException;
import dev.stiefel.lab.text.Json;
import dev.stiefel.lowrank.FactoredParameter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/// `spectrum.csv`: the singular values of every factored weight after every epoch. It grows by appending; a row
/// that a crash cut off has no line break at its end and is dropped when the run is resumed.
public final class SpectrumFile {
    private static final String HEADER = "epoch,layer,index,singular_value\n";

    private final Path file;

    private SpectrumFile(Path file) {
        this.file = file;
    }

    /// The rows of the first epochs of a run, in the file; later ones are dropped from it.
    ///
    /// @throws InvalidRunException if not all are there
    public static SpectrumFile keeping(Path file, int factored, int epochs) throws IOException {
        String text = Files.exists(file) ? read(file) : "";
        int end = Math.min(HEADER.length(), text.length());
        int last = 0;
        int next = text.indexOf('\n', end);
        while (next >= 0 && epoch(text, end) <= epochs) {
            last = epoch(text, end);
            end = next + 1;
            next = text.indexOf('\n', end);
        }
        if (last < epochs && factored > 0) {
            throw new InvalidRunException(
                    "cannot read %s: it must have rows up to epoch %s; it ends with epoch %s; the file is damaged"
                            .formatted(file, epochs, last));
        }
        if (epochs == 0) { // a crash makes it worthless: the run then begins again
            DurableFiles.writeScratch(file, HEADER.getBytes(StandardCharsets.UTF_8));
        } else {
            DurableFiles.writeString(file, end < HEADER.length() ? HEADER : text.substring(0, end));
        }
        return new SpectrumFile(file);
    }

    /// The rows of an epoch, for [#append].
    public static String rows(int epoch, List<FactoredParameter> factors) {
        StringBuilder text = new StringBuilder();
        for (int layer = 0; layer < factors.size(); layer++) {
            List<Double> sigma = factors.get(layer).weight().singularValues();
            for (int index = 0; index < sigma.size(); index++) {
                text.append(epoch).append(',');
                text.append(layer + 1).append(',');
                text.append(index + 1).append(',');
                text.append(sigma.get(index)).append('\n');
            }
        }
        return text.toString();
    }

    /// Appends rows and forces them to disk.
    public void append(String rows) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(rows.getBytes(StandardCharsets.UTF_8));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        } catch (IOException e) {
            throw new IOException("cannot write %s: %s".formatted(file, Json.reason(e)), e);
        }
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(file, Json.reason(e)), e);
        }
    }

    /// The epoch of the row that begins here; a row that is none ends the file.
    private static int epoch(String text, int begin) {
        int comma = text.indexOf(',', begin);
        String cell = comma < 0 ? "" : text.substring(begin, comma);
        return cell.matches("[0-9]{1,9}") ? Integer.parseInt(cell) : Integer.MAX_VALUE;
    }
}
