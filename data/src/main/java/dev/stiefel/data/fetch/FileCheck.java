package dev.stiefel.data.fetch;

/// Result of checking one cached file.
public sealed interface FileCheck {
    /// The expected file.
    DataFile file();

    /// The file's path, existing or not, or words for a file inside the program.
    String place();

    /// It is there, with the right SHA-256.
    record Whole(DataFile file, String place) implements FileCheck {}

    /// It is there and can be used, but it is another than the published one, which has the SHA-256 of `file`.
    record Unofficial(DataFile file, String place, String sha256) implements FileCheck {}

    /// It is not there.
    record Missing(DataFile file, String place) implements FileCheck {}

    /// It is there, but is not what it should be; `problem` says what was expected and what
    /// was found.
    record Damaged(DataFile file, String place, String problem) implements FileCheck {}
}
