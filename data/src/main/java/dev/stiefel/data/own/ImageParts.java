package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The folders of a folder of images that say which images train, validate and test, each a folder of classes:
/// `train` with `val`, with `test`, or with both. Case does not matter.
///
/// @param train folder of the training images
/// @param validation folder of the validation images: `val`, `valid` or `validation`
/// @param test folder of the test images
/// @param beside names of other folders, which are ignored
record ImageParts(Path train, Optional<Path> validation, Optional<Path> test, List<String> beside) {
    private static final Set<String> TRAIN = Set.of("train", "training");
    private static final Set<String> VALIDATION = Set.of("val", "valid", "validation");
    private static final Set<String> TEST = Set.of("test", "testing");

    /// The possible layouts of folders, for messages.
    static final String LAYOUTS = "DIR/CLASS/IMAGE, or DIR/train/CLASS/IMAGE with val/ or test/ beside train/";

    /// The parts of a folder; empty if its folders are classes.
    ///
    /// @throws IOException if a part is missing, there twice, or holds images without classes
    static Optional<ImageParts> of(Path folder) throws IOException {
        List<String> names = ImageFolder.folders(folder);
        Optional<Path> train = part(folder, names, TRAIN);
        Optional<Path> validation = part(folder, names, VALIDATION);
        Optional<Path> test = part(folder, names, TEST);
        List<Path> measured =
                Stream.of(validation, test).flatMap(Optional::stream).toList();
        List<String> beside = new ArrayList<>(names);
        Stream.of(train, validation, test)
                .flatMap(Optional::stream)
                .forEach(each -> beside.remove(String.valueOf(each.getFileName())));
        if (train.isEmpty() || measured.isEmpty()) {
            requireTrain(folder, measured, beside);
            return Optional.empty();
        }
        for (Path part : Stream.concat(train.stream(), measured.stream()).toList()) {
            requireClasses(folder, part);
        }
        return Optional.of(new ImageParts(train.get(), validation, test, beside));
    }

    private static Optional<Path> part(Path folder, List<String> names, Set<String> part) throws IOException {
        List<String> found = names.stream()
                .filter(name -> part.contains(name.toLowerCase(Locale.ROOT)))
                .toList();
        if (found.size() > 1) {
            throw new IOException("cannot read %s: folders %s mean the same; keep one of them"
                    .formatted(folder, found.stream().map(MessageText::quote).collect(Collectors.joining(" and "))));
        }
        return found.stream().findFirst().map(folder::resolve);
    }

    private static void requireTrain(Path folder, List<Path> measured, List<String> beside) throws IOException {
        if (!measured.isEmpty() && beside.isEmpty()) {
            throw new IOException("cannot read %s: a folder 'train' must lie beside %s; known are %s"
                    .formatted(folder, quoted(measured.getFirst()), LAYOUTS));
        }
    }

    private static void requireClasses(Path folder, Path part) throws IOException {
        int images = ImageFolder.imagesIn(part);
        if (ImageFolder.folders(part).isEmpty()) {
            throw new IOException(MessageText.format(
                    "cannot read %s: folder %s must hold a folder of images for each class; got %s; known are %s",
                    folder,
                    quoted(part),
                    images == 0 ? "none" : "%s images without a class".formatted(images),
                    LAYOUTS));
        }
    }

    private static String quoted(Path part) {
        return MessageText.quote(String.valueOf(part.getFileName()));
    }
}
