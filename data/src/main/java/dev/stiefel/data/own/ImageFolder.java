package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// The image files of a folder whose folders are classes: `DIR/CLASS/FILE`. Links are not followed.
///
/// @param classes the folders that hold images, numerically if all are numbers, else by name
/// @param images all image files, by class and then by name
/// @param passedOver how many other things were found beside them
record ImageFolder(List<String> classes, List<Entry> images, int passedOver) {
    /// An image file.
    ///
    /// @param file where it is
    /// @param label the index of its class
    record Entry(Path file, int label) {}

    /// Lists what a folder and its folders hold.
    static ImageFolder list(Path folder) throws IOException {
        int passedOver = 0;
        List<String> classes = new ArrayList<>();
        List<List<Path>> images = new ArrayList<>();
        List<Path> within = entries(folder);
        List<String> names = MessageText.sorted(within.stream()
                .filter(ImageFolder::isClass)
                .map(path -> path.getFileName().toString())
                .toList());
        passedOver += within.size() - names.size();
        for (String name : names) {
            List<Path> files = entries(folder.resolve(name));
            List<Path> wanted = files.stream().filter(ImageFolder::isImage).toList();
            passedOver += files.size() - wanted.size();
            if (wanted.isEmpty()) {
                passedOver++;
            } else {
                classes.add(name);
                images.add(wanted);
            }
        }
        List<Entry> all = new ArrayList<>();
        for (int label = 0; label < classes.size(); label++) {
            for (Path file : images.get(label)) {
                all.add(new Entry(file, label));
            }
        }
        return new ImageFolder(classes, all, passedOver);
    }

    /// Whether a folder holds `train` and `test`, each a folder of classes.
    static boolean isDivided(Path folder) {
        return Stream.of("train", "test")
                .allMatch(part -> Files.isDirectory(folder.resolve(part), LinkOption.NOFOLLOW_LINKS));
    }

    private static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            stream.forEach(entries::add);
        } catch (IOException e) {
            throw MessageText.cannotRead(folder, e);
        }
        entries.sort(Comparator.comparing(path -> path.getFileName().toString()));
        return entries;
    }

    private static boolean isClass(Path path) {
        return !isHidden(path) && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isImage(Path path) {
        return !isHidden(path) && ImageFile.isCalledImage(path) && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
    }

    private static boolean isHidden(Path path) {
        return path.getFileName().toString().startsWith(".");
    }
}
