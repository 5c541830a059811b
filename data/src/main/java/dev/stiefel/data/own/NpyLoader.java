package dev.stiefel.data.own;

import dev.stiefel.io.Npy;
import dev.stiefel.io.Sha256;
import dev.stiefel.train.ByteSamples;
import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// Two arrays as samples: inputs `[N, …]`, each sample's values one after another, and targets
/// `[N]` or `[N, k]`.
///
/// Inputs of 8-bit unsigned integers are pixels, and divided by 255.
final class NpyLoader {
    static final float BRIGHTEST = 255;

    private NpyLoader() {}

    /// @param earlier the schema that the arrays were read with before: classes or numbers are not found out anew
    static OwnData load(OwnSpec spec, Optional<Schema> earlier) throws IOException {
        Path file = spec.data();
        Path targetFile = Path.of(spec.target()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--target must name the .npy file of the targets that belong to " + file)));
        if (!targetFile.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
            throw new IllegalArgumentException(
                    "--target must name the .npy file of the targets; got " + MessageText.quote(targetFile.toString()));
        }
        Npy.Header header = Npy.header(file);
        long samples = requireSamples(file, header);
        long length = header.size() / samples;
        List<String> remarks = new ArrayList<>();
        NamedTargets targets = targets(earlier.map(Schema::task).or(spec::task), targetFile, samples, remarks);
        boolean pixels = header.type() == Npy.ElementType.UINT8;
        MemoryCheck.require(file, samples, length, length * (pixels ? 1 : Float.BYTES));
        Schema schema =
                new Schema(new Schema.Vector(Math.toIntExact(length), pixels ? (int) BRIGHTEST : 1), targets.outputs());
        Samples all = pixels
                ? pixels(file, (int) length, targets)
                : VectorSamples.of(numbers(file, length, remarks), (int) length, targets.targets());
        TrainTestSplit division = TrainTestSplit.of(all, spec.testFraction(), spec.seed());
        SequencedMap<String, String> hashes = new LinkedHashMap<>();
        hashes.put(Objects.toString(file.getFileName()), Sha256.of(file));
        String name = Objects.toString(targetFile.getFileName());
        hashes.put(hashes.containsKey(name) ? targetFile.toString() : name, Sha256.of(targetFile));
        return new OwnData(
                division.train(), division.test(), schema, hashes, DataSummary.TableFacts.of("arrays", "y"), remarks);
    }

    private static long requireSamples(Path file, Npy.Header header) throws IOException {
        if (header.shape().isEmpty() || header.shape().getFirst() < 2 || header.size() == 0) {
            throw new IOException(
                    "cannot read %s: inputs must be an array of at least 2 samples with at least 1 value each; got shape %s"
                            .formatted(file, header.shape()));
        }
        return header.shape().getFirst();
    }

    private static Samples pixels(Path file, int length, NamedTargets targets) throws IOException {
        ByteSamples.Builder pixels = ByteSamples.builder(targets.targets().size(), length, BRIGHTEST);
        byte[] all = Npy.readBytes(file);
        return pixels.addAll(all, 0, all.length).build(targets.targets());
    }

    private static float[] numbers(Path file, long length, List<String> remarks) throws IOException {
        float[] inputs = Npy.readFloats(file);
        int missing = 0;
        for (int i = 0; i < inputs.length; i++) {
            if (Float.isInfinite(inputs[i])) {
                throw new IOException(MessageText.format(
                        "cannot read %s: numbers must be finite, or NaN where they are missing; value %,d of sample"
                                + " %,d is %s",
                        file, i % length, i / length, inputs[i]));
            }
            missing += Float.isNaN(inputs[i]) ? 1 : 0;
        }
        if (missing > 0) {
            remarks.add(MessageText.format("%,d of %,d numbers are missing", missing, inputs.length));
        }
        return inputs;
    }

    private static NamedTargets targets(Optional<Task> task, Path file, long samples, List<String> remarks)
            throws IOException {
        Npy.Header header = Npy.header(file);
        if (header.shape().isEmpty()
                || header.shape().getFirst() != samples
                || header.shape().size() > 2) {
            throw new IOException(MessageText.format(
                    "cannot read %s: targets must be [%d] or [%d, k], as there are %,d inputs; got shape %s",
                    file, samples, samples, samples, header.shape()));
        }
        if (header.size() == 0) {
            throw new IOException("cannot read %s: a sample must have at least 1 target; got shape %s"
                    .formatted(file, header.shape()));
        }
        int each = Math.toIntExact(header.size() / samples);
        MemoryCheck.require(file, samples, each, (long) each * (Long.BYTES + 2 * Float.BYTES));
        double[] values = header.type().isIntegral() ? integers(file) : numbers(file, each);
        List<String> names = each == 1
                ? List.of("y")
                : IntStream.range(0, each).mapToObj(i -> "y" + i).toList();
        try {
            return new TargetValues(names, "it", values, values.length).decide(task, remarks);
        } catch (IOException e) {
            throw MessageText.cannotRead(file, e);
        }
    }

    private static double[] integers(Path file) throws IOException {
        return Arrays.stream(Npy.readIntegers(file)).asDoubleStream().toArray();
    }

    private static double[] numbers(Path file, int each) throws IOException {
        float[] read = Npy.readFloats(file);
        double[] values = new double[read.length];
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(read[i])) {
                throw new IOException(MessageText.format(
                        "cannot read %s: targets must be finite; sample %,d has %s", file, i / each, read[i]));
            }
            values[i] = read[i] + 0.0; // -0 is 0
        }
        return values;
    }
}
