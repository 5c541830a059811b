package dev.stiefel.data.own;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Numbers that are targets, of a table or an array: whether they are classes, by the same rule.
final class TargetValues {
    private static final int MOST_INFERRED = 20;
    private static final int FEWEST_REMARKED = 11; // from here to there, whole numbers may be either
    private static final int MOST_REMARKED = 40;
    private static final double EXACT_INTEGERS = 0x1p53;

    private final List<String> names;
    private final String what;
    private final double[] values;
    private final int count;

    /// @param names of the targets of a sample
    /// @param what has the first target, for messages
    /// @param values row by row
    /// @param count number of targets
    TargetValues(List<String> names, String what, double[] values, int count) {
        this.names = names;
        this.what = what;
        this.values = values;
        this.count = count;
    }

    /// Classes if they are asked for, if there are at most 20 different values, all whole, or if there is a target for
    /// each class, 1 for the one that a sample has and else 0; else numbers.
    ///
    /// @param remarks receiver of notes for the user
    NamedTargets decide(Optional<Task> task, List<String> remarks) throws IOException {
        if (task.equals(Optional.of(Task.REGRESSION))) {
            return numbers();
        }
        if (names.size() > 1) {
            if (isOneHot()) {
                remarks.add("the targets are 1 for one of them and else 0: they were taken for classes; --task"
                        + " regression takes them for numbers");
                return NamedTargets.classes(oneHotLabels(), names);
            }
            if (task.isPresent()) {
                throw new IOException("classification has one target, or one of 0 and 1 for each class; got "
                        + MessageText.list(names));
            }
            return numbers();
        }
        return decideSingle(task, remarks);
    }

    private NamedTargets decideSingle(Optional<Task> task, List<String> remarks) throws IOException {
        int most = task.isPresent() ? Categories.MOST : MOST_INFERRED;
        double[] distinct = distinct(task.isPresent() ? most : MOST_REMARKED);
        boolean integers = Arrays.stream(distinct).allMatch(TargetValues::isInteger);
        if (task.isEmpty() && integers) {
            remarkOnLimit(distinct.length, remarks);
        }
        if (distinct.length <= most && (task.isPresent() || integers)) {
            int[] labels = Arrays.stream(values, 0, count)
                    .mapToInt(value -> Arrays.binarySearch(distinct, value))
                    .toArray();
            List<String> texts =
                    Arrays.stream(distinct).mapToObj(TargetValues::name).toList();
            return classes(names.getFirst(), texts, labels);
        }
        if (task.isPresent()) {
            throw new IOException(MessageText.format(
                    "the target of classification must have at most %,d different values; %s has more", most, what));
        }
        return numbers();
    }

    private void remarkOnLimit(int different, List<String> remarks) {
        if (different < FEWEST_REMARKED || different > MOST_REMARKED) {
            return;
        }
        boolean areClasses = different <= MOST_INFERRED;
        remarks.add(
                "the target, %s, has %s different values, all whole: they were taken for %s; --task %s takes them for %s"
                        .formatted(
                                MessageText.quote(names.getFirst()),
                                different,
                                areClasses ? "classes" : "numbers",
                                areClasses ? "regression" : "classification",
                                areClasses ? "numbers" : "classes"));
    }

    private boolean isOneHot() {
        int width = names.size();
        for (int row = 0; row < count; row += width) {
            int ones = 0;
            for (int i = row; i < row + width; i++) {
                if (values[i] != 0 && values[i] != 1) {
                    return false;
                }
                ones += values[i] == 1 ? 1 : 0;
            }
            if (ones != 1) {
                return false;
            }
        }
        return count > 0;
    }

    private int[] oneHotLabels() {
        int width = names.size();
        return IntStream.range(0, count)
                .filter(i -> values[i] == 1)
                .map(i -> i % width)
                .toArray();
    }

    /// Labels by their classes, of which there must be two at least.
    static NamedTargets classes(String target, List<String> texts, int[] labels) throws IOException {
        if (texts.size() < 2) {
            throw new IOException("the target must have at least 2 different values; column %s has only %s"
                    .formatted(MessageText.quote(target), MessageText.quote(texts.isEmpty() ? "" : texts.getFirst())));
        }
        return NamedTargets.classes(labels, texts);
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

    /// The name of a class that is a number.
    static String name(double value) {
        return isInteger(value) ? Long.toString((long) value) : Double.toString(value);
    }
}
