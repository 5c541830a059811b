package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.io.Sha256;
import dev.stiefel.train.ByteSamples;
import dev.stiefel.train.SampleTargets;
import dev.stiefel.train.Samples;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Samples in the layout of tiny-ImageNet-200: `train/WNID/images/*.JPEG`, and to test `val/images/*.JPEG`, whose
/// classes are in `val/val_annotations.txt`. Images are JPEG, all of one size, in colour or grey. The images without
/// classes in `test` are not used.
///
/// Classes are the WordNet ids in order; they are called by the first word that `words.txt` has for them, if that file
/// is there. Training samples are in an order that takes an image of each class in turn, so that the last ones, which
/// may validate, are of all classes.
///
/// Memory: a byte a value.
final class TinyImageNet {
    /// The annotations of an archive or a folder with these samples.
    static final String ANNOTATIONS = "val/val_annotations.txt";

    private static final int IMAGES_AT_ONCE = 2048;
    private static final Pattern TRAINING =
            Pattern.compile("train/([^/]+)/images/([^/]+\\.jpe?g)", Pattern.CASE_INSENSITIVE);

    private final DataSetInfo info;
    private final FileTree tree;
    private final String prefix;
    private final Set<String> names;
    private final TreeMap<String, String> hashes = new TreeMap<>();
    private long bytes;

    private TinyImageNet(DataSetInfo info, FileTree tree, String prefix, List<String> names) {
        this.info = info;
        this.tree = tree;
        this.prefix = prefix;
        this.names = new HashSet<>(names);
    }

    /// An image and its class.
    private record Picture(String name, int label) {}

    /// Reads all of a folder or an archive.
    ///
    /// @throws IOException saying what is missing or damaged
    static VisionData read(DataSetInfo info, FileTree tree) throws IOException {
        List<String> names = tree.names();
        String annotations = names.stream()
                .filter(name -> name.equals(ANNOTATIONS) || name.endsWith("/" + ANNOTATIONS))
                .min(Comparator.comparingInt(String::length))
                .orElseThrow(() -> new IOException("cannot read %s: it has no %s".formatted(tree.root(), ANNOTATIONS)));
        String prefix = annotations.substring(0, annotations.length() - ANNOTATIONS.length());
        return new TinyImageNet(info, tree, prefix, names).read();
    }

    private VisionData read() throws IOException {
        SortedMap<String, List<String>> images = trainingImages();
        List<String> classes = List.copyOf(images.keySet());
        if (classes.size() != info.classes()) {
            throw new IOException("cannot read %s: train must have %s folders of classes with images; got %s"
                    .formatted(tree.root(), info.classes(), classes.size()));
        }
        Samples train = samples("training", inTurn(List.copyOf(images.values())), info.trainSize());
        Samples test = samples("test", testImages(classes), info.testSize());
        DataFile read = new DataFile(info.name(), bytes, sha256());
        return new VisionData(info.withClassNames(classNames(classes)), train, test, List.of(read), List.of());
    }

    /// File names of each class, in order: of names that end in a number by that, as `n01443537_10.JPEG`.
    private SortedMap<String, List<String>> trainingImages() {
        SortedMap<String, List<String>> images = new TreeMap<>();
        for (String name : names) {
            Matcher training = TRAINING.matcher(name.startsWith(prefix) ? name.substring(prefix.length()) : "");
            if (training.matches()) {
                images.computeIfAbsent(training.group(1), _ -> new ArrayList<>())
                        .add(name);
            }
        }
        images.values()
                .forEach(each ->
                        each.sort(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder())));
        return images;
    }

    /// All images in turn: the first of each class, then the second of each, and so on.
    private static List<Picture> inTurn(List<List<String>> images) {
        List<Picture> pictures = new ArrayList<>();
        int most = images.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < most; i++) {
            for (int label = 0; label < images.size(); label++) {
                if (i < images.get(label).size()) {
                    pictures.add(new Picture(images.get(label).get(i), label));
                }
            }
        }
        return pictures;
    }

    /// The test images in the order of the annotations: lines of a file name, a WordNet id, and a box that is not
    /// used, separated by tabs.
    private List<Picture> testImages(List<String> classes) throws IOException {
        String annotations = prefix + ANNOTATIONS;
        List<Picture> pictures = new ArrayList<>();
        List<String> lines = lines(annotations);
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).isBlank()) {
                continue;
            }
            String[] cells = lines.get(i).strip().split("\t", -1);
            String name = prefix + "val/images/" + cells[0];
            int label = cells.length < 2 ? -1 : Collections.binarySearch(classes, cells[1]);
            if (label < 0 || !names.contains(name)) {
                throw new IOException(
                        "cannot read %s: each line must have an image in val/images and its class; line %s has '%s'"
                                .formatted(tree.place(annotations), i + 1, shown(lines.get(i))));
            }
            pictures.add(new Picture(name, label));
        }
        return pictures;
    }

    private static String shown(String line) {
        return line.substring(0, Math.min(line.length(), 80)).replaceAll("\\p{Cntrl}", " ");
    }

    private Samples samples(String what, List<Picture> pictures, int size) throws IOException {
        if (pictures.size() != size) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "cannot read %s: it must have %,d %s images; got %,d",
                    tree.root(),
                    size,
                    what,
                    pictures.size()));
        }
        ByteSamples.Builder inputs = ByteSamples.builder(size, info.inputWidth(), info.brightest());
        for (int from = 0; from < size; from += IMAGES_AT_ONCE) {
            for (byte[] planes : decode(pictures.subList(from, Math.min(size, from + IMAGES_AT_ONCE)))) {
                inputs.addAll(planes, 0, planes.length);
            }
        }
        int[] labels = pictures.stream().mapToInt(Picture::label).toArray();
        return inputs.build(SampleTargets.classes(labels, info.classes()));
    }

    /// The planes of some images, which all processors decode.
    private byte[][] decode(List<Picture> pictures) throws IOException {
        byte[][] planes = new byte[pictures.size()][];
        String[] sums = new String[planes.length];
        long[] lengths = new long[planes.length];
        String[] problems = new String[planes.length];
        IntStream.range(0, planes.length).parallel().forEach(i -> {
            String name = pictures.get(i).name();
            try {
                byte[] file = tree.read(name);
                sums[i] = Sha256.of(file);
                lengths[i] = file.length;
                planes[i] = decode(name, file);
                problems[i] = "";
            } catch (IOException e) {
                problems[i] = String.valueOf(e.getMessage());
            }
        });
        for (int i = 0; i < planes.length; i++) {
            if (!problems[i].isEmpty()) {
                throw new IOException(problems[i]);
            }
            hashes.put(pictures.get(i).name().substring(prefix.length()), sums[i]);
            bytes += lengths[i];
        }
        return planes;
    }

    private byte[] decode(String name, byte[] file) throws IOException {
        try {
            return JpegPlanes.decode(file, info.height(), info.width());
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(tree.place(name), e.getMessage()), e);
        }
    }

    /// The SHA-256 of what `sha256sum` prints of all images that were read and the annotations, sorted by path. It
    /// is the same for an archive and what was unpacked from it.
    private String sha256() throws IOException {
        byte[] annotations = tree.read(prefix + ANNOTATIONS);
        hashes.put(ANNOTATIONS, Sha256.of(annotations));
        bytes += annotations.length;
        MessageDigest digest = Sha256.digest();
        hashes.forEach((path, hash) -> digest.update((hash + "  " + path + "\n").getBytes(StandardCharsets.UTF_8)));
        return Sha256.hex(digest);
    }

    /// The names of classes: `goldfish` for `n01443537`. The id is the name if several classes would have the same
    /// name, or there are no words for it.
    private List<String> classNames(List<String> classes) throws IOException {
        String words = prefix + "words.txt";
        if (!names.contains(words)) {
            return classes;
        }
        Map<String, String> firstWords = new HashMap<>();
        for (String line : lines(words)) {
            String[] cells = line.split("\t", 2);
            if (cells.length == 2 && Collections.binarySearch(classes, cells[0]) >= 0) {
                firstWords.put(cells[0], cells[1].split(",", 2)[0].strip());
            }
        }
        Map<String, Integer> counts = new HashMap<>();
        firstWords.values().forEach(word -> counts.merge(word, 1, Integer::sum));
        return classes.stream()
                .map(id -> {
                    String word = firstWords.getOrDefault(id, "");
                    return word.isEmpty() || counts.getOrDefault(word, 0) > 1 || classes.contains(word) ? id : word;
                })
                .toList();
    }

    private List<String> lines(String name) throws IOException {
        return new String(tree.read(name), StandardCharsets.UTF_8).lines().toList();
    }
}
