package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.train.ByteSamples;
import dev.stiefel.train.SampleTargets;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/// Samples out of files in the binary format of CIFAR-10 and CIFAR-100: records without anything in between, each a
/// byte of label, or several of which the last counts, and then the image, channel by channel and in each row by row.
///
/// An input has the same layout: `[channels, height, width]`, divided by the brightest value. Memory: a byte for
/// each value of all samples, and one file's content.
final class LabelledImages {
    private final DataSetInfo info;
    private final int labelsEach;
    private final ByteSamples.Builder inputs;
    private final int[] labels;
    private int size;

    /// None yet of `size` samples.
    ///
    /// @param labelsEach labels of a record
    LabelledImages(DataSetInfo info, int labelsEach, int size) {
        this.info = info;
        this.labelsEach = labelsEach;
        this.inputs = ByteSamples.builder(size, info.inputWidth(), info.brightest());
        this.labels = new int[size];
    }

    /// The reason why a content is no file of so many records of a data set, if there is one.
    static Optional<String> problem(DataSetInfo info, int labelsEach, DataFile file, byte[] content) {
        int record = labelsEach + info.inputWidth();
        if (content.length != file.bytes()) {
            return Optional.of(String.format(
                    Locale.ROOT,
                    "it must have %,d bytes (%,d records of %,d); got %s",
                    file.bytes(),
                    file.bytes() / record,
                    record,
                    content.length > file.bytes() ? "more" : String.format(Locale.ROOT, "%,d", content.length)));
        }
        for (int at = 0; at < content.length; at += record) {
            int label = content[at + labelsEach - 1] & 0xff;
            if (label >= info.classes()) {
                return Optional.of(String.format(
                        Locale.ROOT,
                        "labels must be in [0, %s]; record %,d has %s",
                        info.classes() - 1,
                        at / record + 1,
                        label));
            }
        }
        return Optional.empty();
    }

    /// Takes the records of one more file.
    ///
    /// @throws IOException if it has other ones, naming `place`
    void add(DataFile file, byte[] content, String place) throws IOException {
        Optional<String> problem = problem(info, labelsEach, file, content);
        if (problem.isPresent()) {
            throw new IOException("cannot read %s: %s".formatted(place, problem.get()));
        }
        int width = info.inputWidth();
        for (int at = 0; at < content.length; at += labelsEach + width) {
            labels[size] = content[at + labelsEach - 1] & 0xff;
            inputs.addAll(content, at + labelsEach, width);
            size++;
        }
    }

    /// All of them.
    Samples samples() {
        return inputs.build(SampleTargets.classes(labels, info.classes()));
    }
}
