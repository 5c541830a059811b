package dev.stiefel.data.own;

import dev.stiefel.data.own.TablePlan.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All rows of a table as numbers: what a number says, or which category it is; and the target
/// beside them.
///
/// A row that does not fit its plan is left out, counted, and the first of them remembered.
final class TableRows implements CellHandler {
    private static final int FEWEST_CHECKED = 10_000;

    private final TablePlan plan;
    private final long valuesEach;
    private final long bytesEach;
    private final Role[] roles;
    private final NumberReader[] numbers;
    private final MissingWords.Lookup words;
    private final int[] slots;
    private final List<Categories> categories = new ArrayList<>();
    private final FloatRows inputs;
    private final float[] row;
    private final @Nullable String[] texts;
    private final boolean[] seen;
    private final TargetRows targets;
    private long checkAt;
    private int badColumn = -1;
    private String badText = "";
    private long leftOut;
    private String firstLeftOut = "";
    private long missing;
    private int missingHere;
    private final RowShape shape;

    /// @param expected expected number of rows; if there are more, memory is checked again
    /// @param valuesEach input values that a row will have
    /// @param bytesEach number of bytes that a row takes from now on
    TableRows(TablePlan plan, long expected, long valuesEach, long bytesEach) {
        this.plan = plan;
        this.valuesEach = valuesEach;
        this.bytesEach = bytesEach;
        checkAt = Math.max(FEWEST_CHECKED, expected);
        roles = plan.columns().stream().map(TablePlan.ColumnPlan::role).toArray(Role[]::new);
        numbers = plan.columns().stream().map(TablePlan.ColumnPlan::reader).toArray(NumberReader[]::new);
        words = plan.missing().lookup();
        shape = new RowShape(roles.length);
        slots = new int[roles.length];
        int width = plan.count(Role.NUMBER, Role.CATEGORY);
        int slot = 0;
        int target = 0;
        for (int column = 0; column < roles.length; column++) {
            switch (roles[column]) {
                case NUMBER, CATEGORY -> slots[column] = slot++;
                case TARGET_NUMBER, TARGET_CLASS -> slots[column] = target++;
                case IGNORED -> {}
            }
            if (roles[column] == Role.CATEGORY) {
                categories.add(Categories.ofInput(plan.names().get(column)));
            }
        }
        inputs = new FloatRows(width);
        row = new float[width];
        texts = new String[roles.length];
        seen = new boolean[roles.length];
        targets = new TargetRows(plan);
    }

    // ---- reading ----

    @Override
    public void header(List<String> cells, long line) throws IOException {
        if (!Header.named(cells).equals(plan.names())) {
            throw new IOException("line %s: the file was changed while it was read".formatted(line));
        }
    }

    @Override
    public void cell(int column, char[] text, int from, int to) {
        shape.cell(column, text, from, to);
        if (column >= roles.length) {
            return;
        }
        switch (roles[column]) {
            case NUMBER -> {
                float value = numbers[column].parse(text, from, to);
                if (value == Decimal.NONE) {
                    value = Float.NaN;
                    missingHere++;
                    requireMissing(column, text, from, to);
                }
                row[slots[column]] = value;
            }
            case TARGET_NUMBER -> {
                double value = numbers[column].parseDouble(text, from, to);
                if (Double.isFinite(value)) {
                    targets.set(slots[column], value);
                } else {
                    bad(column, text, from, to);
                }
            }
            case CATEGORY ->
                texts[column] = words.isMissingCategory(text, from, to) ? null : CellText.of(text, from, to);
            case TARGET_CLASS -> {
                if (words.isMissingCategory(text, from, to)) {
                    bad(column, text, from, to);
                } else {
                    texts[column] = CellText.of(text, from, to);
                }
            }
            case IGNORED -> {}
        }
    }

    private void requireMissing(int column, char[] text, int from, int to) {
        if (!words.isMissingNumber(text, from, to)) {
            bad(column, text, from, to);
        }
    }

    private void bad(int column, char[] text, int from, int to) {
        if (badColumn < 0) {
            badColumn = column;
            badText = leftOut > 0 ? "" : new String(text, from, to - from);
        }
    }

    @Override
    public boolean end(long line, int cells) throws IOException {
        switch (shape.end(cells)) {
            case WHOLE, TRAILING -> {
                if (badColumn >= 0) {
                    leaveOut(() -> problem(line));
                } else {
                    keep(line);
                }
            }
            case BROKEN ->
                leaveOut(() ->
                        MessageText.format("line %d: it must have %,d cells; got %,d", line, roles.length, cells));
            case COMMENT -> {}
        }
        badColumn = -1;
        missingHere = 0;
        return true;
    }

    private String problem(long line) {
        String column = MessageText.quote(plan.names().get(badColumn));
        boolean empty = roles[badColumn] != Role.NUMBER && isMissing(badText);
        String rule = empty
                ? "column %s, the target, must not be missing"
                : roles[badColumn] == Role.TARGET_NUMBER
                        ? "column %s, the target, must be a number"
                        : "column %s must be a number";
        return "line %s: %s; got %s".formatted(line, rule.formatted(column), MessageText.quote(badText));
    }

    private boolean isMissing(String text) {
        return words.isMissingNumber(text.toCharArray(), 0, text.length());
    }

    private void leaveOut(Supplier<String> problem) {
        if (leftOut++ == 0) {
            firstLeftOut = problem.get();
        }
    }

    private void keep(long line) throws IOException {
        if (inputs.size() >= checkAt) {
            MemoryCheck.require(checkAt, valuesEach, bytesEach);
            checkAt += checkAt / 4;
        }
        int category = 0;
        for (int column = 0; column < roles.length; column++) {
            String text = texts[column];
            switch (roles[column]) {
                case CATEGORY -> {
                    Categories of = categories.get(category++);
                    row[slots[column]] = text == null ? TableReader.NO_CATEGORY : of.code(text, line);
                }
                case TARGET_CLASS -> targets.set(0, targets.code(String.valueOf(text), line));
                case NUMBER -> seen[column] |= !Float.isNaN(row[slots[column]]);
                case TARGET_NUMBER, IGNORED -> {}
            }
        }
        inputs.append(row);
        targets.append();
        missing += missingHere;
    }

    // ---- what was read ----

    int size() {
        return inputs.size();
    }

    long leftOut() {
        return leftOut;
    }

    String firstLeftOut() {
        return firstLeftOut;
    }

    /// The targets from the target columns, in the form that the task needs.
    NamedTargets targets(Optional<Task> task) throws IOException {
        return targets.decide(task);
    }

    /// The columns that are inputs, with all categories that came.
    List<Schema.Column> columns() {
        List<Schema.Column> columns = new ArrayList<>();
        int category = 0;
        for (int column = 0; column < roles.length; column++) {
            String name = plan.names().get(column);
            if (roles[column] == Role.NUMBER) {
                TablePlan.ColumnPlan number = plan.columns().get(column);
                columns.add(new Schema.Number(name, number.notation(), number.origin()));
            } else if (roles[column] == Role.CATEGORY) {
                columns.add(new Schema.Category(name, categories.get(category++).sorted()));
            }
        }
        return columns;
    }

    /// A reader of the input values of each row, with one-hot categories.
    TableReader reader(List<Schema.Column> columns) {
        return new TableReader(
                inputs, columns, categories.stream().map(Categories::places).toList());
    }

    /// Notes on missing values and on columns without information.
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        List<Integer> inputNumbers = plan.columns(Role.NUMBER);
        if (missing > 0) {
            remarks.add(
                    MessageText.format("%,d of %,d numbers are missing", missing, (long) inputNumbers.size() * size()));
        }
        List<String> empty = inputNumbers.stream()
                .filter(column -> !seen[column])
                .map(plan.names()::get)
                .toList();
        if (!empty.isEmpty()) {
            remarks.add("without any number: " + MessageText.list(empty));
        }
        remarks.addAll(targets.remarks());
        return remarks;
    }
}
