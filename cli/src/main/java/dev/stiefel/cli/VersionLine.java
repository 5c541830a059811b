package dev.stiefel.cli;

/// Version of the program.
final class VersionLine {
    private VersionLine() {}

    /// One line: version, Java, system.
    static String line() {
        return "stiefel %s (Java %s, %s %s)"
                .formatted(number(), Runtime.version(), System.getProperty("os.name"), System.getProperty("os.arch"));
    }

    private static String number() {
        String written = VersionLine.class.getPackage().getImplementationVersion();
        return written == null ? "development" : written;
    }
}
