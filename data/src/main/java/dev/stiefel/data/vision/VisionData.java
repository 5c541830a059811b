package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.train.Samples;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.Stream;

/// An image data set in memory: inputs `[N, channels · height · width]` in `[0, 1]`, channel by channel and in each
/// row by row, and a class each.
///
/// @param info description of the data set
/// @param train its training samples, in the order of its files
/// @param test its test samples, in the order of its files
/// @param files the files that were read; where they are not the published ones, they differ from those of `info`
/// @param remarks notes for the user, one line each
public record VisionData(DataSetInfo info, Samples train, Samples test, List<DataFile> files, List<String> remarks) {
    /// Copies the lists.
    public VisionData {
        files = List.copyOf(files);
        remarks = List.copyOf(remarks);
    }

    /// Read from the published files, all of which were verified.
    VisionData(DataSetInfo info, Samples train, Samples test) {
        this(info, train, test, info.files(), List.of());
    }

    /// The same with one more remark.
    VisionData withRemark(String remark) {
        return new VisionData(
                info,
                train,
                test,
                files,
                Stream.concat(remarks.stream(), Stream.of(remark)).toList());
    }

    /// The SHA-256 of each file that was read, by file name, for the record of a run.
    public SequencedMap<String, String> sha256() {
        SequencedMap<String, String> hashes = new LinkedHashMap<>();
        for (DataFile file : files) {
            hashes.put(file.name(), file.sha256());
        }
        return Collections.unmodifiableSequencedMap(hashes);
    }
}
