package dev.stiefel.data.own;

import dev.stiefel.data.own.ImageFolder.Entry;
import dev.stiefel.train.Samples;
import dev.stiefel.train.VectorSamples;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// A folder of images by class as samples, divided by a seeded share or by its own [parts][ImageParts].
final class ImageLoader {
    private final OwnSpec spec;
    private final Path folder;
    private final List<Part> parts = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final List<String> passedOver = new ArrayList<>();

    private ImageLoader(OwnSpec spec) {
        this.spec = spec;
        folder = spec.data();
    }

    /// Use of the images of a folder.
    private enum Role {
        TRAIN,
        VALIDATION,
        TEST
    }

    /// Images that are for the same.
    ///
    /// @param folder of their classes
    /// @param first number of the first image
    /// @param end one above the last
    private record Part(Role role, Path folder, int first, int end) {
        IntStream images() {
            return IntStream.range(first, end);
        }

        boolean has(int image) {
            return image >= first && image < end;
        }

        String name() {
            return String.valueOf(folder.getFileName());
        }
    }

    static OwnData load(OwnSpec spec) throws IOException {
        Path folder = spec.data();
        ImageSize size = spec.imageSize()
                .orElseThrow(() -> new IllegalArgumentException(
                        "--image-size must give the size that images are scaled to; %s is a folder".formatted(folder)));
        if (spec.task().equals(Optional.of(Task.REGRESSION))) {
            throw new IllegalArgumentException(
                    "regression needs a table or arrays; a folder of images has classes: " + folder);
        }
        return new ImageLoader(spec).load(size);
    }

    private OwnData load(ImageSize size) throws IOException {
        Optional<ImageParts> divided = ImageParts.of(folder);
        List<String> classes = divided.isPresent() ? list(divided.get()) : list(folder);
        DecodedImages images = DecodedImages.of(folder, entries, size, spec.imageChannels());
        requireEveryClass(images, classes);
        requireMost(images);
        int[] good = IntStream.range(0, entries.size()).filter(images::isGood).toArray();
        int[] labels = IntStream.of(good).map(i -> entries.get(i).label()).toArray();
        NamedTargets targets = NamedTargets.classes(labels, classes);
        int channels = spec.imageChannels().orElseGet(images.planes()::channels);
        Schema.Image image = new Schema.Image(size.height(), size.width(), channels);
        Samples all = VectorSamples.read(image.width(), images.planes().reader(good, channels), targets.targets());
        List<String> remarks = new ArrayList<>(remarks(images));
        int[] test = testRows(all, good);
        int[] validation = rows(good, Role.VALIDATION);
        requireSome(all.size() - test.length - validation.length, test.length);
        divided.ifPresent(each -> remarks.addAll(remarks(each, classes, test.length)));
        TrainTestSplit division = validation.length == 0
                ? TrainTestSplit.of(all, test)
                : new TrainTestSplit(all.select(withLast(all.size(), test, validation)), all.select(test));
        return new OwnData(
                division.train(),
                validation.length,
                division.test(),
                new Schema(image, targets.outputs()),
                hashes(images),
                DataSummary.TableFacts.of("images in folders", "class"),
                remarks);
    }

    /// Takes up a folder of classes, which are not divided.
    private List<String> list(Path classFolder) throws IOException {
        ImageFolder found = ImageFolder.list(classFolder);
        requireClasses(found);
        add(Role.TRAIN, classFolder, found.images(), found);
        return found.classes();
    }

    private List<String> list(ImageParts divided) throws IOException {
        List<String> classes = list(divided.train());
        if (divided.validation().isPresent()) {
            list(Role.VALIDATION, divided.validation().get(), classes);
        }
        if (divided.test().isPresent()) {
            list(Role.TEST, divided.test().get(), classes);
        }
        passedOver.addAll(divided.beside());
        return classes;
    }

    private void list(Role role, Path part, List<String> classes) throws IOException {
        ImageFolder found = ImageFolder.list(part);
        add(role, part, relabelled(role, part, found, classes), found);
    }

    private void add(Role role, Path part, List<Entry> images, ImageFolder found) {
        parts.add(new Part(role, part, entries.size(), entries.size() + images.size()));
        entries.addAll(images);
        passedOver.addAll(found.passedOver());
    }

    /// Images with the numbers that their classes have in training.
    private List<Entry> relabelled(Role role, Path part, ImageFolder found, List<String> classes) throws IOException {
        List<Entry> relabelled = new ArrayList<>();
        for (Entry entry : found.images()) {
            String name = found.classes().get(entry.label());
            int label = classes.indexOf(name);
            if (label < 0) {
                throw new IOException("cannot read %s: every class that %s must also train; %s has %s, train has %s"
                        .formatted(
                                folder,
                                role == Role.TEST ? "tests" : "validates",
                                part.getFileName(),
                                MessageText.quote(name),
                                MessageText.list(classes)));
            }
            relabelled.add(new Entry(entry.file(), label));
        }
        return relabelled;
    }

    private void requireClasses(ImageFolder found) throws IOException {
        if (found.classes().size() >= 2) {
            return;
        }
        String got = found.classes().isEmpty() ? "none with images" : MessageText.list(found.classes());
        throw new IOException("cannot read %s: it must have a folder of images for each of at least 2 classes; got %s%s"
                .formatted(folder, got, hint(found)));
    }

    private String hint(ImageFolder found) throws IOException {
        int lying = ImageFolder.imagesIn(folder);
        if (lying > 0) {
            return MessageText.format(
                    "; %,d images lie in %s itself, without a class; known are %s", lying, folder, ImageParts.LAYOUTS);
        }
        return found.classes().isEmpty() ? "; known are " + ImageParts.LAYOUTS : "";
    }

    /// Requires that every class with files in a part has one that can be read.
    private void requireEveryClass(DecodedImages images, List<String> classes) throws IOException {
        for (Part part : parts) {
            Map<Integer, List<Integer>> byClass = part.images()
                    .boxed()
                    .collect(Collectors.groupingBy(i -> entries.get(i).label()));
            for (Map.Entry<Integer, List<Integer>> each : byClass.entrySet()) {
                if (each.getValue().stream().noneMatch(images::isGood)) {
                    List<Path> files = each.getValue().stream()
                            .map(i -> entries.get(i).file())
                            .toList();
                    throw ImageFolder.lost(part.folder(), classes.get(each.getKey()), files);
                }
            }
        }
    }

    private void requireMost(DecodedImages images) throws IOException {
        int all = entries.size();
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

    private void requireSome(int train, int test) throws IOException {
        if (test < 1 || train < 1) {
            throw new IOException(MessageText.format(
                    "cannot read %s: at least one image must train and one must test; got %,d and %,d",
                    folder, train, test));
        }
    }

    /// The rows of images that can be read, in the parts of a role.
    private int[] rows(int[] good, Role role) {
        return IntStream.range(0, good.length)
                .filter(row -> parts.stream().anyMatch(part -> part.role() == role && part.has(good[row])))
                .toArray();
    }

    /// The rows of the test part, or of a fraction of the training part.
    private int[] testRows(Samples all, int[] good) {
        if (parts.stream().anyMatch(part -> part.role() == Role.TEST)) {
            return rows(good, Role.TEST);
        }
        int[] train = rows(good, Role.TRAIN);
        Samples training = train.length == all.size() ? all : all.select(train);
        return IntStream.of(TrainTestSplit.testRows(training, spec.testFraction(), spec.seed()))
                .map(i -> train[i])
                .toArray();
    }

    /// All rows but those that test, those that validate last.
    private static int[] withLast(int size, int[] test, int[] last) {
        boolean[] isElsewhere = new boolean[size];
        IntStream.concat(IntStream.of(test), IntStream.of(last)).forEach(row -> isElsewhere[row] = true);
        return IntStream.concat(IntStream.range(0, size).filter(row -> !isElsewhere[row]), IntStream.of(last))
                .toArray();
    }

    /// One hash of what trains and tests, and behind it one of what validates.
    private SequencedMap<String, String> hashes(DecodedImages images) {
        SequencedMap<String, String> hashes = new LinkedHashMap<>();
        String name = Objects.toString(folder.toAbsolutePath().normalize().getFileName());
        hashes.put(name, images.sha256(images(Role.TRAIN, Role.TEST)));
        parts.stream()
                .filter(part -> part.role() == Role.VALIDATION)
                .forEach(part -> hashes.put(name + "/" + part.name(), images.sha256(part.images())));
        return hashes;
    }

    private IntStream images(Role... roles) {
        Collection<Role> wanted = List.of(roles);
        return parts.stream().filter(part -> wanted.contains(part.role())).flatMapToInt(Part::images);
    }

    private List<String> remarks(DecodedImages images) {
        List<String> remarks = new ArrayList<>();
        if (images.bad() > 0) {
            remarks.add(MessageText.format(
                    "%,d of %,d images were left out: %s; the first: %s",
                    images.bad(), entries.size(), leftOut(images), images.firstProblem()));
        }
        if (!passedOver.isEmpty()) {
            remarks.add(MessageText.format(
                    "%,d other files and folders were ignored: %s", passedOver.size(), MessageText.list(passedOver)));
        }
        return remarks;
    }

    /// By class, what files hold that are left out: `'cat' AVIF (3), 'dog' HTML (1)`.
    private static String leftOut(DecodedImages images) {
        Map<String, List<Path>> byClass = images.badFiles().stream()
                .collect(Collectors.groupingBy(
                        file -> String.valueOf(file.resolveSibling("").getFileName()),
                        LinkedHashMap::new,
                        Collectors.toList()));
        return MessageText.list(byClass.entrySet().stream()
                .map(each -> MessageText.quote(each.getKey()) + " " + ImageFolder.contents(each.getValue()))
                .toList());
    }

    /// Notes on the division of the folder, unless it has train and test folders only, and on classes without test
    /// images.
    private List<String> remarks(ImageParts divided, List<String> classes, int test) {
        List<String> remarks = new ArrayList<>();
        divided.validation().ifPresent(part -> {
            Path name = part.getFileName();
            remarks.add(
                    divided.test().isPresent()
                            ? "images of '%s' validate, those of '%s' test"
                                    .formatted(name, divided.test().get().getFileName())
                            : MessageText.format(
                                    "images of '%s' validate; there is no folder 'test', so %,d of those of '%s' test"
                                            + " (--test-fraction)",
                                    name, test, divided.train().getFileName()));
        });
        for (Part part : parts) {
            List<String> missing = new ArrayList<>(classes);
            part.images().forEach(i -> missing.remove(classes.get(entries.get(i).label())));
            if (!missing.isEmpty()) {
                remarks.add("'%s' has no images of %s".formatted(part.name(), MessageText.list(missing)));
            }
        }
        return remarks;
    }
}
