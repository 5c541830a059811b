package dev.stiefel.data.vision;

import dev.stiefel.data.fetch.DataFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// A folder of the user's that holds files of a data set, plain or as `….gz`.
record UserFolder(Path path) {
    /// The first of these folders that holds any of the files.
    static Optional<UserFolder> find(List<Path> folders, List<DataFile> files) {
        return folders.stream()
                .map(UserFolder::new)
                .filter(folder ->
                        files.stream().anyMatch(file -> folder.find(file).isPresent()))
                .findFirst();
    }

    /// The path of a file.
    Optional<Path> find(DataFile file) {
        return Stream.of("", ".gz")
                .map(suffix -> path.resolve(file.name() + suffix))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    /// The content of such a file, unpacked; of a longer one, a byte more than it should have.
    static byte[] read(DataFile file, Path place) throws IOException {
        boolean gzip = place.toString().endsWith(".gz");
        try (InputStream in = Files.newInputStream(place);
                InputStream plain = gzip ? new GZIPInputStream(in, 1 << 16) : in) {
            return plain.readNBytes(Math.toIntExact(file.bytes() + 1));
        } catch (EOFException | ZipException e) {
            throw new IOException("cannot read %s: it is a damaged gzip file".formatted(place), e);
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(place, e.getMessage()), e);
        }
    }
}
