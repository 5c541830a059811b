package dev.stiefel.data.fetch;

import dev.stiefel.io.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The files of one data set in the cache: `CACHE/data/NAME/FILE`, each as [DataFile] says.
///
/// Reading needs no lock, since a file appears whole or not at all; fetching holds the folder's lock, so that
/// others wait at the same time and then find the files there.
public final class FileStore {
    private final String dataSet;
    private final List<DataFile> files;
    private final Path folder;

    /// The files of the data set of that name below a cache folder; nothing is created before something is fetched.
    public FileStore(Path cache, String dataSet, List<DataFile> files) {
        this.dataSet = dataSet;
        this.files = List.copyOf(files);
        this.folder = cache.resolve("data").resolve(dataSet);
    }

    /// The folder of the files.
    public Path folder() {
        return folder;
    }

    /// Reads every file and says which are whole, missing or damaged, in the order of the files.
    public List<FileCheck> check() throws IOException {
        List<FileCheck> checks = new ArrayList<>();
        for (DataFile file : files) {
            checks.add(check(file));
        }
        return checks;
    }

    /// Returns whether every file is there and as long as it should be: a quick look that reads nothing.
    public boolean looksWhole() throws IOException {
        for (DataFile file : files) {
            Path path = folder.resolve(file.name());
            if (!Files.exists(path) || Files.size(path) != file.bytes()) {
                return false;
            }
        }
        return true;
    }

    /// Reads a file that must be whole.
    ///
    /// @throws IOException if it is missing or damaged, with the file's path and what was expected
    public byte[] read(DataFile file) throws IOException {
        Path path = folder.resolve(file.name());
        byte[] content = readAll(path);
        file.requireWhole(content, path.toString());
        return content;
    }

    /// The path of a file that must be whole, which is read through but not held in memory.
    ///
    /// @throws IOException if it is missing or damaged, with the file's path and what was expected
    public Path verified(DataFile file) throws IOException {
        Path path = folder.resolve(file.name());
        return switch (check(file)) {
            case FileCheck.Damaged damaged ->
                throw new IOException("cannot read %s: %s; the file is damaged".formatted(path, damaged.problem()));
            case FileCheck.Missing _ -> throw new IOException("cannot read %s: it does not exist".formatted(path));
            case FileCheck.Whole _, FileCheck.Unofficial _ -> path;
        };
    }

    /// Reads the files of a data set.
    @FunctionalInterface
    public interface Reader<T> {
        /// Reads the content of the files.
        ///
        /// @throws IOException if a file is missing or damaged
        T read() throws IOException;
    }

    /// Returns the result of a reader of the files. They are fetched first if one is missing, and once more if the
    /// reader finds them damaged. They are fetched first if one is missing, and once more if the reader finds them
    /// damaged.
    ///
    /// @throws IOException if they cannot be fetched, or are damaged even then
    public <T> T load(List<Source> sources, FetchListener listener, Reader<T> reader) throws IOException {
        if (!looksWhole()) {
            fetch(sources, listener);
        }
        try {
            return reader.read();
        } catch (IOException damaged) {
            fetch(sources, listener);
            return reader.read();
        }
    }

    /// Gets what is missing or damaged from the first source that has it.
    ///
    /// @throws IOException if files are still missing after the last source, with what each source said; or if the
    ///     cache folder cannot be written
    public void fetch(List<Source> sources, FetchListener listener) throws IOException {
        createFolder();
        try (FolderLock _ = FolderLock.acquire(folder, listener)) {
            WorkFolder.deleteLeftOver(folder);
            fetchLocked(sources, listener);
        }
    }

    private void fetchLocked(List<Source> sources, FetchListener listener) throws IOException {
        List<String> problems = new ArrayList<>();
        List<FileCheck> checks = check();
        for (FileCheck check : checks) {
            if (check instanceof FileCheck.Damaged damaged) {
                listener.on(new FetchEvent.Damaged(damaged.place(), damaged.problem()));
                problems.add("%s is damaged (%s)".formatted(damaged.place(), damaged.problem()));
            }
        }
        List<DataFile> wanted = notWhole(checks);
        requireSpace(wanted);
        for (Source source : sources) {
            if (wanted.isEmpty()) {
                break;
            }
            listener.on(new FetchEvent.Asking(source.name()));
            ask(source, wanted, listener).ifPresent(problem -> {
                listener.on(new FetchEvent.SourceFailed(source.name(), problem));
                problems.add(source.name() + ": " + problem);
            });
            wanted = notWhole(check());
        }
        if (!wanted.isEmpty()) {
            throw unavailable(wanted, problems);
        }
        PartialDownload.deleteLeftOver(folder);
    }

    /// Asks this source, and returns its problem, if there is one.
    private Optional<String> ask(Source source, List<DataFile> wanted, FetchListener listener) throws IOException {
        try {
            source.fetch(wanted, new CacheWriter(folder, source.name(), listener));
            return Optional.empty();
        } catch (CacheException e) {
            throw e;
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw e;
            }
            return Optional.of(ExceptionText.of(e));
        }
    }

    private IOException unavailable(List<DataFile> wanted, List<String> problems) {
        String names = wanted.stream().map(DataFile::name).collect(Collectors.joining(", "));
        return new IOException(
                ("cannot fetch data set '%s': no source gave %s; %s; download the files (plain or .gz) elsewhere and"
                                + " name their folder with --data-dir")
                        .formatted(dataSet, names, String.join("; ", problems)));
    }

    private static List<DataFile> notWhole(List<FileCheck> checks) {
        return checks.stream()
                .filter(check -> !(check instanceof FileCheck.Whole))
                .map(FileCheck::file)
                .toList();
    }

    private FileCheck check(DataFile file) throws IOException {
        Path path = folder.resolve(file.name());
        if (!Files.exists(path)) {
            return new FileCheck.Missing(file, path.toString());
        }
        return problem(file, path)
                .<FileCheck>map(problem -> new FileCheck.Damaged(file, path.toString(), problem))
                .orElseGet(() -> new FileCheck.Whole(file, path.toString()));
    }

    private static byte[] readAll(Path path) throws IOException {
        try {
            return Files.readAllBytes(path);
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(path, ExceptionText.of(e)), e);
        }
    }

    private static Optional<String> problem(DataFile file, Path path) throws IOException {
        // A file of another length is not even read: it may be anything.
        long bytes = Files.size(path);
        return bytes == file.bytes() ? file.problem(bytes, digest(path)) : Optional.of(file.lengthProblem(bytes));
    }

    private static MessageDigest digest(Path path) throws IOException {
        MessageDigest digest = Sha256.digest();
        try (InputStream in = Files.newInputStream(path)) {
            byte[] chunk = new byte[1 << 16];
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
            return digest;
        } catch (IOException e) {
            throw new IOException("cannot read %s: %s".formatted(path, ExceptionText.of(e)), e);
        }
    }

    /// Notices a disk that is too full before anything is downloaded, where its system tells.
    private void requireSpace(List<DataFile> wanted) throws IOException {
        long needed = wanted.stream().mapToLong(DataFile::bytes).sum();
        long free = Files.getFileStore(folder).getUsableSpace();
        if (free > 0 && free < needed) {
            throw new CacheException(
                    folder, new IOException("%s bytes are needed; %s are free".formatted(needed, free)));
        }
    }

    private void createFolder() throws CacheException {
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new CacheException(folder, e);
        }
    }
}
