package dev.stiefel.lab.published;

/// Something in a folder of logs that could not be read, or that had to be decided.
///
/// @param file its path below the folder of logs
/// @param line counted from 1; 0 for the file or folder as a whole
/// @param reason in one line
public record LogProblem(String file, int line, String reason) {
    @Override
    public String toString() {
        return line > 0 ? "%s, line %s: %s".formatted(file, line, reason) : "%s: %s".formatted(file, reason);
    }
}
