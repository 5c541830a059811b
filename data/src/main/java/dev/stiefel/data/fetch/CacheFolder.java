package dev.stiefel.data.fetch;

import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Location of fetched data sets: the only code that reads the environment.
public final class CacheFolder {
    private CacheFolder() {}

    /// `STIEFEL_HOME`, else `XDG_CACHE_HOME/stiefel`, else `~/.cache/stiefel` with [HomeFolder] for `~`, of this
    /// process.
    public static Path standard() {
        return of(System.getenv(), HomeFolder::standard);
    }

    /// The same for a given environment and home folder. Empty variables count as unset, and so does a relative
    /// `XDG_CACHE_HOME`, as its specification says.
    public static Path of(Map<String, String> environment, Path home) {
        return of(environment, () -> home);
    }

    private static Path of(Map<String, String> environment, Supplier<Path> home) {
        String own = environment.get("STIEFEL_HOME");
        if (isSet(own)) {
            return Path.of(own).toAbsolutePath().normalize();
        }
        String shared = environment.get("XDG_CACHE_HOME");
        if (isSet(shared) && Path.of(shared).isAbsolute()) {
            return Path.of(shared, "stiefel");
        }
        return below(home.get());
    }

    static Path below(Path home) {
        return home.resolve(".cache").resolve("stiefel");
    }

    private static boolean isSet(@Nullable String value) {
        return value != null && !value.isBlank();
    }
}
