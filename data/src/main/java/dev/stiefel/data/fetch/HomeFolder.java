package dev.stiefel.data.fetch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The folder in which a process keeps what it wants to find again: the user's home, or a folder of the user's among
/// temporary files where there is no home. In containers a process often runs as a user number without a name; the
/// JDK then says that its home is `?`.
public final class HomeFolder {
    private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rwx------");

    private HomeFolder() {}

    /// The home folder of this process.
    public static Path standard() {
        return of(
                System.getenv(),
                System.getProperty("user.home", ""),
                Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath());
    }

    /// The home folder of a process with these variables: `HOME` if it is an absolute path, else the JDK's
    /// `user.home`. If that is missing or is no writable folder: `STIEFEL_HOME`, or else the user's own folder
    /// among temporary files.
    ///
    /// @param userHome the JDK's `user.home`; only an absolute path counts
    /// @param temporary the folder of temporary files
    /// @throws UncheckedIOException if no folder can be had
    public static Path of(Map<String, String> variables, String userHome, Path temporary) {
        String said = variables.getOrDefault("HOME", "");
        Optional<Path> home = usable(isAbsolute(said) ? said : userHome);
        String own = variables.getOrDefault("STIEFEL_HOME", "");
        return home.orElseGet(
                () -> own.isBlank() ? among(temporary) : Path.of(own).toAbsolutePath());
    }

    private static boolean isAbsolute(String said) {
        try {
            return Path.of(said).isAbsolute();
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static Optional<Path> usable(String said) {
        return Optional.of(said)
                .filter(HomeFolder::isAbsolute)
                .map(Path::of)
                .filter(home -> Files.isDirectory(home) && (Files.isWritable(home) || isKnown(home)));
    }

    /// Returns whether data sets were put there for users who cannot write.
    private static boolean isKnown(Path home) {
        return Files.isDirectory(CacheFolder.below(home));
    }

    /// Only the user may write it: what is kept there is trusted later.
    private static Path among(Path temporary) {
        try {
            UserPrincipal user = user(temporary);
            Path own = temporary.resolve("stiefel-" + user.getName().replaceAll("[^A-Za-z0-9._-]", "_"));
            make(own);
            requireOwn(own, user);
            return own;
        } catch (IOException e) {
            throw new UncheckedIOException(new IOException(
                    "there is no home folder, and no folder for temporary files can be used in its place (%s); name a"
                                    .formatted(ExceptionText.of(e))
                            + " folder of your own with STIEFEL_HOME",
                    e));
        }
    }

    /// The owner of files that this process creates: a number for a user without a name.
    private static UserPrincipal user(Path temporary) throws IOException {
        Path file = Files.createTempFile(temporary, "stiefel", null);
        try {
            return Files.getOwner(file);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void make(Path folder) throws IOException {
        try {
            if (posix(folder.getParent()) == null) {
                Files.createDirectory(folder);
            } else {
                Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWN));
            }
        } catch (FileAlreadyExistsException made) {
            // by an earlier process
        }
    }

    private static void requireOwn(Path folder, UserPrincipal user) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new NoSuchFileException(folder.toString());
        }
        PosixFileAttributeView view = posix(folder);
        if (view != null
                && (!view.readAttributes().owner().equals(user)
                        || !view.readAttributes().permissions().equals(OWN))) {
            throw new IOException(folder + " must be readable and writable for its user alone");
        }
    }

    private static @Nullable PosixFileAttributeView posix(@Nullable Path path) {
        return path == null
                ? null
                : Files.getFileAttributeView(path, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    }
}
