package dev.stiefel.data.own;

import dev.stiefel.data.own.TablePlan.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the first rows of a table tell: names, which columns hold numbers, and how much there is
/// to read.
final class TablePreview implements CellHandler {
    private static final int ROWS = 10_000;
    private static final int MOST_COUNTED = 1_000_000;
    private static final double NUMBERS_NEEDED = 0.99;
    private static final double NUMBERS_REMARKED = 0.5;
    private static final int READ_AHEAD = 1 << 18;

    /// What is known of a column.
    private static final class Facts {
        private boolean input;
        private boolean categorical;
        private long present;
        private long numbers;
        private @Nullable String firstText;
        private long firstLine;
        private final Set<String> distinct = new HashSet<>();

        private boolean holdsNumbers() {
            return !categorical && numbers >= NUMBERS_NEEDED * present;
        }
    }

    private final OwnSpec spec;
    private List<String> names = List.of();
    private List<Facts> facts = List.of();
    private List<Integer> targets = List.of();
    private @Nullable String[] texts = new String[0];
    private boolean[] present = new boolean[0];
    private long rows;
    private long characters;
    private long bytes;
    private int counted;
    private boolean wholly;

    private TablePreview(OwnSpec spec) {
        this.spec = spec;
    }

    static TablePreview of(OwnSpec spec, CsvFile.Limits limits) throws IOException {
        TablePreview preview = new TablePreview(spec);
        long consumed = CsvFile.read(spec.data(), limits, preview);
        preview.bytes = Math.max(preview.characters, consumed - READ_AHEAD);
        preview.wholly = preview.rows < ROWS;
        return preview;
    }

    // ---- reading ----

    @Override
    public void header(List<String> columns, long line) throws IOException {
        names = List.copyOf(columns);
        Header.check(names, line);
        targets = Header.targets(spec, names);
        facts = new ArrayList<>(names.size());
        for (int column = 0; column < names.size(); column++) {
            facts.add(new Facts());
        }
        for (int column : Header.find("--categorical", spec.categorical(), names, spec.data())) {
            facts.get(column).categorical = true;
        }
        facts.forEach(of -> of.input = true);
        for (int column : Header.find("--ignore", spec.ignored(), names, spec.data())) {
            facts.get(column).input = false;
            if (targets.contains(column)) {
                throw new IllegalArgumentException(
                        "--ignore: the target cannot be ignored; got " + MessageText.quote(names.get(column)));
            }
        }
        targets.forEach(column -> facts.get(column).input = false);
        texts = new String[names.size()];
        present = new boolean[names.size()];
    }

    @Override
    public void cell(int column, char[] text, int from, int to) {
        characters += to - from + 1;
        if (column >= facts.size()) {
            return;
        }
        present[column] = !MissingValues.isMissing(text, from, to);
        boolean isText =
                present[column] && (facts.get(column).categorical || Decimal.parse(text, from, to) == Decimal.NONE);
        texts[column] = isText ? new String(text, from, to - from) : null;
    }

    @Override
    public boolean end(long line, int cells) {
        if (cells == facts.size()) {
            for (int column = 0; column < cells; column++) {
                count(facts.get(column), present[column], texts[column], line);
            }
        }
        rows++;
        return rows < ROWS;
    }

    private void count(Facts of, boolean isPresent, @Nullable String text, long line) {
        of.present += isPresent ? 1 : 0;
        of.numbers += isPresent && text == null ? 1 : 0;
        if (text == null) {
            return;
        }
        if (of.firstText == null) {
            of.firstText = text;
            of.firstLine = line;
        }
        if (counted < MOST_COUNTED && of.distinct.size() <= Categories.MOST && of.distinct.add(text)) {
            counted++;
        }
    }

    // ---- what follows ----

    /// What becomes of each column; a target that does not suit the task is an [IOException].
    TablePlan plan() throws IOException {
        Role[] roles = new Role[names.size()];
        for (int column = 0; column < roles.length; column++) {
            Facts of = facts.get(column);
            roles[column] = !of.input ? Role.IGNORED : of.holdsNumbers() ? Role.NUMBER : Role.CATEGORY;
        }
        for (int column : targets) {
            roles[column] = facts.get(column).holdsNumbers() ? Role.TARGET_NUMBER : Role.TARGET_CLASS;
            if (roles[column] == Role.TARGET_CLASS) {
                requireClassesWanted(column);
            }
        }
        TablePlan plan = new TablePlan(names, Arrays.asList(roles));
        if (plan.count(Role.NUMBER, Role.CATEGORY) == 0) {
            throw new IOException("cannot read %s: at least one column beside the target is needed; its columns are %s"
                    .formatted(spec.data(), MessageText.list(names)));
        }
        return plan;
    }

    private void requireClassesWanted(int column) throws IOException {
        Facts of = facts.get(column);
        String name = MessageText.quote(names.get(column));
        if (targets.size() > 1) {
            throw new IOException("cannot read %s: line %d: several targets must be numbers; column %s has %s"
                    .formatted(spec.data(), of.firstLine, name, MessageText.quote(String.valueOf(of.firstText))));
        }
        if (spec.task().equals(Optional.of(Task.REGRESSION))) {
            throw new IOException("cannot read %s: line %d: the target of regression must be numbers; column %s has %s"
                    .formatted(spec.data(), of.firstLine, name, MessageText.quote(String.valueOf(of.firstText))));
        }
    }

    /// How many rows the file has: counted, or estimated from its size.
    long rows() throws IOException {
        return wholly ? rows : Math.ceilDiv(Files.size(spec.data()) * rows, Math.max(1, bytes));
    }

    /// How many input values a row has, as far as the first rows tell.
    long width() {
        return facts.stream()
                .filter(of -> of.input)
                .mapToLong(of -> of.holdsNumbers() ? 1 : of.distinct.size())
                .sum();
    }

    /// Columns that are categories although many of their cells are numbers.
    List<String> remarks() {
        List<String> remarks = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            Facts of = facts.get(column);
            if (of.input && !of.holdsNumbers() && of.numbers >= NUMBERS_REMARKED * of.present) {
                remarks.add("column %s is taken for categories: line %d has %s, which is no number"
                        .formatted(
                                MessageText.quote(names.get(column)),
                                of.firstLine,
                                MessageText.quote(String.valueOf(of.firstText))));
            }
        }
        return remarks;
    }
}
