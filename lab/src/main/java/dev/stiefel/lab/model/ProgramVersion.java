package dev.stiefel.lab.model;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/// The version of this program, as models, runs and reports record it.
public final class ProgramVersion {
    private ProgramVersion() {}

    /// The version, or `unknown`.
    public static String current() {
        try (InputStream in = ProgramVersion.class.getResourceAsStream("stiefel.properties")) {
            Properties properties = new Properties();
            if (in != null) {
                properties.load(in);
            }
            return properties.getProperty("version", "unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
