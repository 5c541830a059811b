package dev.stiefel.data.own;

import dev.stiefel.train.Samples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/// A few facts on data that was read, for a user to check before training.
///
/// @param format format of the files: `table, parted by commas`
/// @param samples number of samples
/// @param leftOut number of samples left out because they did not fit
/// @param inputs description of a sample's inputs, in a few words
/// @param numbers of a table: columns of numbers
/// @param categories of a table: columns of categories, and how many each has
/// @param ignored of a table: columns that are no inputs
/// @param targets targets to predict; none if the user named none
public record DataSummary(
        String format,
        long samples,
        long leftOut,
        String inputs,
        List<String> numbers,
        SequencedMap<String, Integer> categories,
        List<String> ignored,
        List<Target> targets) {
    /// Copies the collections.
    public DataSummary {
        numbers = List.copyOf(numbers);
        categories = new LinkedHashMap<>(categories);
        ignored = List.copyOf(ignored);
        targets = List.copyOf(targets);
    }

    /// A quantity to predict.
    ///
    /// @param name name of the target
    /// @param classes names of the classes; none for a number
    /// @param range of a number's values
    public record Target(String name, List<String> classes, Optional<Range> range) {
        /// Copies the list.
        public Target {
            classes = List.copyOf(classes);
        }
    }

    /// The values that a number has.
    ///
    /// @param least the least of them
    /// @param greatest the greatest
    public record Range(double least, double greatest) {}

    /// A summary of samples that were read.
    static DataSummary of(Schema schema, List<Samples> parts, TableFacts facts) {
        List<String> numbers = new ArrayList<>();
        SequencedMap<String, Integer> categories = new LinkedHashMap<>();
        if (schema.inputs() instanceof Schema.Table table) {
            for (Schema.Column column : table.columns()) {
                switch (column) {
                    case Schema.Number number -> numbers.add(number.name());
                    case Schema.Category category ->
                        categories.put(category.name(), category.values().size());
                }
            }
        }
        return new DataSummary(
                facts.format(),
                parts.stream().mapToLong(Samples::size).sum(),
                facts.leftOut(),
                schema.describeInputs(),
                numbers,
                categories,
                facts.ignored(),
                targets(schema, parts, facts));
    }

    private static List<Target> targets(Schema schema, List<Samples> parts, TableFacts facts) {
        return switch (schema.outputs()) {
            case Schema.Classes(List<String> names) -> {
                String name = facts.targets().size() == 1 ? facts.targets().getFirst() : "class";
                yield List.of(new Target(name, names, Optional.empty()));
            }
            case Schema.Values(List<String> names) -> {
                List<Range> ranges = ranges(parts, names.size());
                yield IntStream.range(0, names.size())
                        .mapToObj(i -> new Target(names.get(i), List.of(), Optional.of(ranges.get(i))))
                        .toList();
            }
            case Schema.NextToken _ -> List.of();
        };
    }

    /// The values of each target, in one pass.
    private static List<Range> ranges(List<Samples> parts, int targets) {
        double[] least = new double[targets];
        double[] greatest = new double[targets];
        Arrays.fill(least, Double.POSITIVE_INFINITY);
        Arrays.fill(greatest, Double.NEGATIVE_INFINITY);
        float[] values = new float[targets];
        for (Samples samples : parts) {
            for (int i = 0; i < samples.size(); i++) {
                samples.copyTarget(i, values, 0);
                for (int j = 0; j < targets; j++) {
                    least[j] = Math.min(least[j], values[j]);
                    greatest[j] = Math.max(greatest[j], values[j]);
                }
            }
        }
        return IntStream.range(0, targets)
                .mapToObj(j -> new Range(least[j], greatest[j]))
                .toList();
    }

    /// A reader's facts that the samples do not contain.
    ///
    /// @param format format of the files
    /// @param targets names of the targets
    /// @param leftOut number of samples left out
    /// @param ignored columns that are no inputs
    record TableFacts(String format, List<String> targets, long leftOut, List<String> ignored) {
        /// The facts of files that are no tables.
        static TableFacts of(String format, String target) {
            return new TableFacts(format, List.of(target), 0, List.of());
        }
    }
}
