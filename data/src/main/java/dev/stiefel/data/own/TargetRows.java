package dev.stiefel.data.own;

import dev.stiefel.data.own.TablePlan.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The target columns of a table's rows: numbers, or which class it is.
final class TargetRows {

    private final List<String> names;
    private final @Nullable Categories classes;
    private final double[] row;
    private double[] values = new double[1024];
    private int count;
    private final List<String> remarks = new ArrayList<>();

    TargetRows(TablePlan plan) {
        names = Stream.of(Role.TARGET_NUMBER, Role.TARGET_CLASS)
                .flatMap(role -> plan.columns(role).stream())
                .map(plan.names()::get)
                .toList();
        classes = plan.columns(Role.TARGET_CLASS).isEmpty() ? null : Categories.ofTarget(names.getFirst());
        row = new double[names.size()];
    }

    void set(int target, double value) {
        row[target] = value + 0.0; // -0 is 0
    }

    int code(String value, long line) throws IOException {
        return classes == null ? 0 : classes.code(value, line);
    }

    void append() {
        if (count + row.length > values.length) {
            values = Arrays.copyOf(values, Math.addExact(values.length, Math.max(row.length, values.length / 2)));
        }
        System.arraycopy(row, 0, values, count, row.length);
        count += row.length;
    }

    /// Classes if the target is a category; else what [TargetValues] says.
    NamedTargets decide(Optional<Task> task) throws IOException {
        if (classes != null) {
            int[] places = classes.places();
            int[] labels = Arrays.stream(values, 0, count)
                    .mapToInt(code -> places[(int) code])
                    .toArray();
            return TargetValues.classes(names.getFirst(), classes.sorted(), labels);
        }
        return new TargetValues(names, "column %s".formatted(MessageText.quote(names.getFirst())), values, count)
                .decide(task, remarks);
    }

    /// Notes for the user on the interpretation of the target.
    List<String> remarks() {
        return remarks;
    }

    /// The role in which a target column must be read for these outputs of a network.
    static Role role(Schema.Outputs outputs) {
        return outputs instanceof Schema.Classes(List<String> names)
                        && !names.stream().allMatch(TargetRows::isNameOfNumber)
                ? Role.TARGET_CLASS
                : Role.TARGET_NUMBER;
    }

    private static boolean isNameOfNumber(String text) {
        double value = Decimal.parseDouble(text);
        return Double.isFinite(value) && TargetValues.name(value).equals(text);
    }
}
