package dev.stiefel.lab.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoublePredicate;
import java.util.stream.Collectors;

/// A number for each channel of images: `0.485,0.456,0.406`.
///
/// @param values at least one, finite
public record ChannelValues(List<Double> values) {
    /// Copies the list, and checks the numbers.
    public ChannelValues {
        values = List.copyOf(values);
        if (values.isEmpty() || !values.stream().allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(
                    "channel values must be one or more finite numbers; got %s".formatted(values));
        }
    }

    /// Numbers as a model keeps them, with as few digits as tell them from their neighbours.
    public static ChannelValues of(float... numbers) {
        List<Double> values = new ArrayList<>();
        for (float number : numbers) {
            values.add(Double.valueOf(Float.toString(number)));
        }
        return new ChannelValues(values);
    }

    /// @param allowed condition on each number
    static Optional<ChannelValues> parse(String text, DoublePredicate allowed) {
        List<Double> values = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Optional<Double> value = OptionDeclaration.real(part.strip())
                    .filter(each -> Double.isFinite((float) (double) each) && allowed.test((float) (double) each));
            if (value.isEmpty()) {
                return Optional.empty();
            }
            values.add(value.get());
        }
        return Optional.of(new ChannelValues(values));
    }

    @Override
    public String toString() {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
