package dev.stiefel.data.own;

import dev.stiefel.data.own.TablePlan.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The target columns of a table's rows: numbers, or which class it is.
final class TargetRows {
    private static final int MOST_INFERRED = 20;
    private static final int FEWEST_REMARKED = 11; // from here to there, whole numbers may be either
    private static final int MOST_REMARKED = 40;
    private static final double EXACT_INTEGERS = 0x1p53;

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

    /// Classes if the target is a category, if they are asked for, or if it has few values, all
    /// integers.
    NamedTargets decide(Optional<Task> task) throws IOException {
        if (classes != null) {
            int[] places = classes.places();
            return classes(classes.sorted(), Arrays.stream(values, 0, count).mapToInt(code -> places[(int) code]));
        }
        if (names.size() > 1 || task.equals(Optional.of(Task.REGRESSION))) {
            return numbers();
        }
        int most = task.isPresent() ? Categories.MOST : MOST_INFERRED;
        double[] distinct = distinct(task.isPresent() ? most : MOST_REMARKED);
        boolean integers = Arrays.stream(distinct).allMatch(TargetRows::isInteger);
        if (task.isEmpty() && integers) {
            remarkOnLimit(distinct.length);
        }
        if (distinct.length <= most && (task.isPresent() || integers)) {
            List<String> texts =
                    Arrays.stream(distinct).mapToObj(TargetRows::name).toList();
            return classes(
                    texts, Arrays.stream(values, 0, count).mapToInt(value -> Arrays.binarySearch(distinct, value)));
        }
        if (task.isPresent()) {
            throw new IOException(MessageText.format(
                    "the target of classification must have at most %,d different values; column %s has more",
                    most, MessageText.quote(names.getFirst())));
        }
        return numbers();
    }

    private void remarkOnLimit(int different) {
        if (different < FEWEST_REMARKED || different > MOST_REMARKED) {
            return;
        }
        boolean areClasses = different <= MOST_INFERRED;
        remarks.add("the target, %s, has %d different values, all whole: they were taken for %s; --task %s takes them for %s"
                .formatted(
                        MessageText.quote(names.getFirst()),
                        different,
                        areClasses ? "classes" : "numbers",
                        areClasses ? "regression" : "classification",
                        areClasses ? "numbers" : "classes"));
    }

    /// What the user should know of how the target was understood.
    List<String> remarks() {
        return remarks;
    }

    /// What a target column must be read as for these outputs of a network.
    static Role role(Schema.Outputs outputs) {
        return outputs instanceof Schema.Classes(List<String> names)
                        && !names.stream().allMatch(TargetRows::isNameOfNumber)
                ? Role.TARGET_CLASS
                : Role.TARGET_NUMBER;
    }

    private static boolean isNameOfNumber(String text) {
        double value = Decimal.parseDouble(text);
        return Double.isFinite(value) && name(value).equals(text);
    }

    private NamedTargets classes(List<String> texts, IntStream labels) throws IOException {
        if (texts.size() < 2) {
            throw new IOException("the target must have at least 2 different values; column %s has only %s"
                    .formatted(
                            MessageText.quote(names.getFirst()),
                            MessageText.quote(texts.isEmpty() ? "" : texts.getFirst())));
        }
        return NamedTargets.classes(labels.toArray(), texts);
    }

    private NamedTargets numbers() {
        float[] floats = new float[count];
        for (int i = 0; i < count; i++) {
            floats[i] = (float) values[i];
        }
        return NamedTargets.numbers(floats, names);
    }

    /// The different values, ascending; of more than `most`, one more.
    private double[] distinct(int most) {
        TreeSet<Double> distinct = new TreeSet<>();
        for (int i = 0; i < count && distinct.size() <= most; i++) {
            distinct.add(values[i]);
        }
        return distinct.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static boolean isInteger(double value) {
        return value == Math.rint(value) && Math.abs(value) < EXACT_INTEGERS;
    }

    private static String name(double value) {
        return isInteger(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
