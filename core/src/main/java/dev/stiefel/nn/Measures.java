package dev.stiefel.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/// The measures that can be asked for by name.
///
/// A user's own is added with [#with], or installed as a service provider of [Measure] on the class or module
/// path. Only an installed one is known to other processes: to the command line, and to the workers of a sweep.
///
/// @param all with different names
public record Measures(List<Measure> all) {
    private static final Measures STANDARD = new Measures(List.of(
            new Accuracy(), new TopAccuracy(5), new Perplexity(), new MeanAbsoluteError(), new RootMeanSquaredError()));

    /// Takes a copy of the list, and checks the names.
    public Measures {
        all = List.copyOf(all);
        List<String> names = new ArrayList<>();
        for (Measure each : all) {
            requireName(each.name());
            if (names.contains(each.name())) {
                throw new IllegalArgumentException("measures: there are two of the name '%s'".formatted(each.name()));
            }
            names.add(each.name());
        }
    }

    /// The measures of this library.
    public static Measures standard() {
        return STANDARD;
    }

    /// The measures of this library and of installed service providers.
    public static Measures installed() {
        return new Measures(Stream.concat(
                        STANDARD.all.stream(),
                        ServiceLoader.load(Measure.class).stream().map(ServiceLoader.Provider::get))
                .toList());
    }

    /// The same, and a measure of one's own.
    ///
    /// @throws IllegalArgumentException if there is one of this name
    public Measures with(Measure measure) {
        return new Measures(Stream.concat(all.stream(), Stream.of(measure)).toList());
    }

    /// The measure of this name.
    public Optional<Measure> find(String name) {
        return all.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /// The measures that apply to targets of this kind.
    public Measures applying(Targets.Kind kind) {
        return new Measures(all.stream().filter(each -> each.appliesTo(kind)).toList());
    }

    /// All names, in order.
    public List<String> names() {
        return all.stream().map(Measure::name).toList();
    }

    /// Refuses what cannot be the name of a measure: columns of files are named after it. `loss` and `error` are taken.
    ///
    /// @throws IllegalArgumentException saying what is wrong with it
    public static void requireName(String name) {
        if (!name.matches("[a-z][a-z0-9_]*")) {
            throw new IllegalArgumentException(
                    "measures: names must be lower-case letters, digits and underscores; got '%s'".formatted(name));
        }
        if (name.equals("loss") || name.equals("error")) {
            throw new IllegalArgumentException(
                    "measures: '%s' is the name of a figure that is always there; choose another".formatted(name));
        }
    }
}
