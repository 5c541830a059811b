package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import dev.stiefel.train.Samples;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// An image data set in memory: inputs `[N, height · width]` in `[0, 1]`, row by row, and a
/// class each.
///
/// @param info what it is
/// @param train its training samples, in the order of its files
/// @param test its test samples, in the order of its files
public record VisionData(DataSetInfo info, Samples train, Samples test) {
    /// The SHA-256 of each file that was read, by file name, for the record of a run. All
    /// were verified.
    public SequencedMap<String, String> sha256() {
        SequencedMap<String, String> hashes = new LinkedHashMap<>();
        for (DataFile file : info.files()) {
            hashes.put(file.name(), file.sha256());
        }
        return Collections.unmodifiableSequencedMap(hashes);
    }
}
