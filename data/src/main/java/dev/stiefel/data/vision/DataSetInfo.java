package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import java.util.List;

/// Description of a data set, known before any of it is read.
///
/// @param name name on the command line and of the cache folder
/// @param description its content, in a few words
/// @param trainSize training samples
/// @param testSize test samples
/// @param height rows of an image
/// @param width columns of an image
/// @param channels planes of an image, one after another in an input: 1 is grey; 3 are red, green and blue
/// @param brightest the largest value that a pixel has in the files; loading divides by it
/// @param classNames names of the classes, in the order of the labels
/// @param licence its terms
/// @param origin who made it, and where it is described
/// @param sources sources to fetch it from, in the order of asking; empty: it is part of the program
/// @param files its files with their SHA-256
public record DataSetInfo(
        String name,
        String description,
        int trainSize,
        int testSize,
        int height,
        int width,
        int channels,
        int brightest,
        List<String> classNames,
        String licence,
        String origin,
        List<String> sources,
        List<DataFile> files) {
    /// Copies the lists.
    public DataSetInfo {
        classNames = List.copyOf(classNames);
        sources = List.copyOf(sources);
        files = List.copyOf(files);
    }

    /// The same with other names of the classes.
    DataSetInfo withClassNames(List<String> names) {
        return new DataSetInfo(
                name,
                description,
                trainSize,
                testSize,
                height,
                width,
                channels,
                brightest,
                names,
                licence,
                origin,
                sources,
                files);
    }

    /// Input values a sample has: channels times height times width, `[channels, height, width]`.
    public int inputWidth() {
        return channels * height * width;
    }

    /// Number of classes.
    public int classes() {
        return classNames.size();
    }

    /// Bytes of the uncompressed files.
    public long bytes() {
        return files.stream().mapToLong(DataFile::bytes).sum();
    }
}
