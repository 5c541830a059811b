package dev.stiefel.data.own;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The image files of a folder whose folders are classes: `DIR/CLASS/FILE`. Links are followed.
///
/// A file is taken for an image by its ending or by its first bytes, so that one of a format that cannot be read is
/// noticed. Files that systems leave in folders are ignored.
///
/// @param classes the folders that hold images, numerically if all are numbers, else by name
/// @param images all image files, by class and then by name
/// @param passedOver other files and empty folders, below the folder
record ImageFolder(List<String> classes, List<Entry> images, List<String> passedOver) {
    private static final Set<String> OF_SYSTEMS = Set.of(
            "thumbs.db",
            "ehthumbs.db",
            "desktop.ini",
            "icon\r",
            "__macosx",
            "@eadir",
            "lost+found",
            "$recycle.bin",
            "system volume information");

    /// An image file.
    ///
    /// @param file path of the file
    /// @param label the index of its class
    record Entry(Path file, int label) {}

    /// Lists what a folder and its folders hold.
    ///
    /// @throws IOException if a folder of a class holds files but no image, or a link leads nowhere or back
    static ImageFolder list(Path folder) throws IOException {
        List<String> classes = new ArrayList<>();
        List<Entry> images = new ArrayList<>();
        List<String> passedOver = new ArrayList<>();
        for (Path entry : entries(folder)) {
            requireTarget(folder, entry);
            if (!Files.isDirectory(entry)) {
                passedOver.add(name(entry));
            }
        }
        List<String> names = MessageText.sorted(folders(folder));
        requireDifferent(folder, names);
        for (String name : names) {
            List<Path> found = images(folder, name, passedOver);
            int label = classes.size();
            found.forEach(file -> images.add(new Entry(file, label)));
            if (!found.isEmpty()) {
                classes.add(name);
            }
        }
        return new ImageFolder(classes, images, passedOver);
    }

    /// The images of a class; none if its folder is empty.
    private static List<Path> images(Path folder, String name, List<String> passedOver) throws IOException {
        List<Path> images = new ArrayList<>();
        List<Path> others = new ArrayList<>();
        for (Path file : entries(folder.resolve(name))) {
            (isImage(file) ? images : others).add(file);
        }
        if (images.isEmpty()) {
            requireEmpty(folder, name, others);
            passedOver.add(name);
        }
        others.forEach(file -> passedOver.add(name + "/" + name(file)));
        return images;
    }

    /// Names of the folders in a folder, links to folders among them.
    static List<String> folders(Path folder) throws IOException {
        return entries(folder).stream()
                .filter(Files::isDirectory)
                .map(ImageFolder::name)
                .toList();
    }

    /// The number of images directly in a folder.
    static int imagesIn(Path folder) throws IOException {
        int count = 0;
        for (Path file : entries(folder)) {
            count += isImage(file) ? 1 : 0;
        }
        return count;
    }

    private static List<Path> entries(Path folder) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, path -> !isIgnored(path))) {
            stream.forEach(entries::add);
        } catch (IOException e) {
            throw MessageText.cannotRead(folder, e);
        }
        entries.sort(Comparator.comparing(ImageFolder::name));
        return entries;
    }

    private static boolean isImage(Path file) throws IOException {
        boolean isBroken = Files.isSymbolicLink(file) && !Files.exists(file);
        if (isBroken || !Files.isRegularFile(file)) {
            return isBroken && ImageFile.isCalledImage(file);
        }
        if (ImageFile.isCalledImage(file)) {
            return true;
        }
        try {
            return FileContent.of(file).isImage();
        } catch (IOException e) {
            throw MessageText.cannotRead(file, e);
        }
    }

    private static boolean isIgnored(Path path) {
        String name = name(path);
        return name.startsWith(".") || OF_SYSTEMS.contains(name.toLowerCase(Locale.ROOT));
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }

    private static void requireTarget(Path folder, Path entry) throws IOException {
        if (!Files.isSymbolicLink(entry)) {
            return;
        }
        if (!Files.exists(entry)) {
            throw new IOException("cannot read %s: link %s leads nowhere, to %s"
                    .formatted(folder, MessageText.quote(name(entry)), Files.readSymbolicLink(entry)));
        }
        if (folder.toRealPath().startsWith(entry.toRealPath())) {
            throw new IOException("cannot read %s: link %s leads back to %s, which holds it"
                    .formatted(folder, MessageText.quote(name(entry)), entry.toRealPath()));
        }
    }

    private static void requireDifferent(Path folder, List<String> names) throws IOException {
        Map<Path, String> seen = new HashMap<>();
        for (String name : names) {
            String before = seen.put(folder.resolve(name).toRealPath(), name);
            if (before != null) {
                throw new IOException("cannot read %s: classes %s and %s are the same folder, by a link"
                        .formatted(folder, MessageText.quote(before), MessageText.quote(name)));
            }
        }
    }

    /// A folder that holds something, but no image, would be a class lost.
    private static void requireEmpty(Path folder, String name, List<Path> others) throws IOException {
        for (Path deeper : others) {
            if (Files.isDirectory(deeper) && imagesIn(deeper) > 0) {
                throw new IOException(
                        "cannot read %s: images must lie as CLASS/IMAGE; those of folder %s lie deeper, in %s; if that is a class, name %s"
                                .formatted(
                                        folder,
                                        MessageText.quote(name),
                                        MessageText.quote(name + "/" + name(deeper)),
                                        folder.resolve(name)));
            }
        }
        List<Path> files = others.stream().filter(Files::isRegularFile).toList();
        if (!files.isEmpty()) {
            throw lost(folder, name, files);
        }
    }

    /// The error of a class of whose files none can be read.
    static IOException lost(Path folder, String name, List<Path> files) {
        return new IOException(
                "cannot read %s: no file of class %s can be read as an image: %s; images are PNG, JPEG, BMP, GIF or WebP; convert the files, or take the folder away"
                        .formatted(folder, MessageText.quote(name), contents(files)));
    }

    /// The contents of files, by number: `AVIF (3), HTML (1)`.
    static String contents(List<Path> files) {
        Map<String, Integer> counts = new HashMap<>();
        files.forEach(file -> counts.merge(content(file), 1, Integer::sum));
        return MessageText.list(counts.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue()
                        .reversed()
                        .thenComparing(Map.Entry.comparingByKey()))
                .map(each -> MessageText.format("%s (%,d)", each.getKey(), each.getValue()))
                .toList());
    }

    private static String content(Path file) {
        if (!Files.exists(file)) {
            return "broken link";
        }
        try {
            FileContent content = FileContent.of(file);
            return content.isReadable() ? "damaged " + content.name() : content.name();
        } catch (IOException _) {
            return "not readable";
        }
    }
}
