package dev.stiefel.data.own;

import dev.stiefel.data.own.ImageFolder.Entry;
import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// A folder of images by class as samples, divided by a seeded share or by its folders `train`
/// and `test`.
final class ImageLoader {
    private ImageLoader() {}

    static OwnData load(OwnSpec spec) throws IOException {
        Path folder = spec.data();
        ImageSize size = spec.imageSize()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--image-size must be given for images, to how many rows and columns they are scaled; %s is a folder"
                                .formatted(folder)));
        if (spec.task().equals(Optional.of(Task.REGRESSION))) {
            throw new IllegalArgumentException(
                    "regression needs a table or arrays; a folder of images has classes: " + folder);
        }
        boolean divided = ImageFolder.isDivided(folder);
        ImageFolder first = ImageFolder.list(divided ? folder.resolve("train") : folder);
        requireClasses(folder, first);
        List<Entry> entries = new ArrayList<>(first.images());
        int passedOver = first.passedOver();
        if (divided) {
            ImageFolder second = ImageFolder.list(folder.resolve("test"));
            entries.addAll(relabelled(folder, first, second));
            passedOver += second.passedOver();
        }
        DecodedImages images = DecodedImages.of(folder, entries, size, spec.imageChannels());
        int[] good = IntStream.range(0, entries.size()).filter(images::isGood).toArray();
        requireMost(folder, images, entries.size());
        int[] labels = IntStream.of(good).map(i -> entries.get(i).label()).toArray();
        NamedTargets targets = NamedTargets.classes(labels, first.classes());
        int channels = spec.imageChannels().orElseGet(images.planes()::channels);
        Schema.Image image = new Schema.Image(size.height(), size.width(), channels);
        Samples all = VectorSamples.read(image.width(), images.planes().reader(good, channels), targets.targets());
        int[] test = divided
                ? IntStream.range(0, good.length)
                        .filter(i -> good[i] >= first.images().size())
                        .toArray()
                : TrainTestSplit.testRows(all, spec.testFraction(), spec.seed());
        requireBoth(folder, good.length, test.length);
        TrainTestSplit division = TrainTestSplit.of(all, test);
        SequencedMap<String, String> hashes = new LinkedHashMap<>();
        hashes.put(Objects.toString(folder.toAbsolutePath().normalize().getFileName()), images.sha256());
        return new OwnData(
                division.train(),
                division.test(),
                new Schema(image, targets.outputs()),
                hashes,
                DataSummary.TableFacts.of("images in folders", "class"),
                remarks(images, entries.size(), passedOver));
    }

    private static void requireClasses(Path folder, ImageFolder found) throws IOException {
        if (found.classes().size() < 2) {
            throw new IOException(
                    "cannot read %s: it must have a folder of images for each of at least 2 classes; got %s"
                            .formatted(
                                    folder,
                                    found.classes().isEmpty()
                                            ? "none with images"
                                            : MessageText.list(found.classes())));
        }
    }

    /// The images that test, with the numbers that their classes have in training.
    private static List<Entry> relabelled(Path folder, ImageFolder train, ImageFolder test) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (Entry entry : test.images()) {
            String name = test.classes().get(entry.label());
            int label = train.classes().indexOf(name);
            if (label < 0) {
                throw new IOException(
                        "cannot read %s: every class that tests must also train; test has %s, train has %s"
                                .formatted(folder, MessageText.quote(name), MessageText.list(train.classes())));
            }
            entries.add(new Entry(entry.file(), label));
        }
        return entries;
    }

    private static void requireMost(Path folder, DecodedImages images, int all) throws IOException {
        if (all - images.bad() < 2) {
            throw new IOException(MessageText.format(
                    "cannot read %s: at least 2 images are needed, one to train and one to test; got %,d%s",
                    folder, all - images.bad(), images.bad() == 0 ? "" : "; " + images.firstProblem()));
        }
        if (images.bad() * 2L > all) {
            throw new IOException(MessageText.format(
                    "cannot read %s: %,d of %,d images cannot be used; the first: %s",
                    folder, images.bad(), all, images.firstProblem()));
        }
    }

    private static void requireBoth(Path folder, int all, int test) throws IOException {
        if (test < 1 || test == all) {
            throw new IOException(MessageText.format(
                    "cannot read %s: at least one image must train and one must test; got %,d and %,d",
                    folder, all - test, test));
        }
    }

    private static List<String> remarks(DecodedImages images, int all, int passedOver) {
        List<String> remarks = new ArrayList<>();
        if (images.bad() > 0) {
            remarks.add(MessageText.format(
                    "%,d of %,d images were left out; the first: %s", images.bad(), all, images.firstProblem()));
        }
        if (passedOver > 0) {
            remarks.add(MessageText.format("%,d other files, links and folders were passed over", passedOver));
        }
        return remarks;
    }
}
