package dev.stiefel.data.own;

import dev.stiefel.data.own.NumberNotation.DecimalMark;
import dev.stiefel.data.own.TablePlan.ColumnPlan;
import dev.stiefel.data.own.TablePlan.Role;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

/// Result of one pass over a table: names, the content and notation of each column, and the amount of data.
final class TablePreview implements CellHandler {
    private static final int MOST_COUNTED = 1_000_000;
    private static final double NUMBERS_REMARKED = 0.5;
    private static final int FEWEST_ROWS = 20;
    private static final int ROWS_BEFORE_CHECK = 10_000;
    private static final int READ_AHEAD = 1 << 18; // bytes that may have been taken and not been parsed yet
    private static final Pattern IDENTIFIER =
            Pattern.compile("(?i)(.*[^a-z])?(id|idx|index|key|no|nr|number|row|unnamed: 0)|.*[a-z](Id|ID)|#");

    private final OwnSpec spec;
    private final boolean isTargetOpen; // so that all columns are inputs
    private final MissingWords missing;
    private final MissingWords.Lookup words;
    private CsvDialect dialect = new CsvDialect(',', 0, 0);
    private Charset encoding = StandardCharsets.UTF_8;
    private List<String> names = List.of();
    private final Set<Integer> unnamed = new TreeSet<>();
    private List<ColumnFacts> facts = List.of();
    private List<Integer> targets = List.of();
    private List<Integer> ignored = List.of();
    private LongSupplier taken = () -> 0;
    private RowShape shape = new RowShape(0);
    private long rows;
    private long trailing; // rows with an empty cell too many
    private long comments;
    private long characters;
    private int counted;

    private TablePreview(OwnSpec spec, MissingWords missing, boolean isTargetOpen) {
        this.spec = spec;
        this.isTargetOpen = isTargetOpen;
        this.missing = missing;
        words = missing.lookup();
    }

    /// Previews a whole table.
    ///
    /// @param earlier words for missing values that its columns were read with before
    static TablePreview of(OwnSpec spec, CsvFile.Limits limits, Optional<MissingWords> earlier) throws IOException {
        return read(new TablePreview(spec, earlier.or(spec::missing).orElse(MissingWords.USUAL), false), limits);
    }

    /// Previews a whole table whose target is not chosen yet.
    static TablePreview ofInputs(OwnSpec spec, CsvFile.Limits limits) throws IOException {
        return read(new TablePreview(spec, spec.missing().orElse(MissingWords.USUAL), true), limits);
    }

    private static TablePreview read(TablePreview preview, CsvFile.Limits limits) throws IOException {
        CsvFile.read(preview.spec.data(), limits, preview);
        return preview;
    }

    // ---- reading ----

    @Override
    public void begin(CsvDialect found, Charset charset, LongSupplier bytesTaken) {
        dialect = found;
        encoding = charset;
        taken = bytesTaken;
    }

    @Override
    public void header(List<String> cells, long line) throws IOException {
        names = List.copyOf(Header.named(cells));
        Header.index(names, line);
        targets = isTargetOpen ? List.of() : Header.targets(spec, names);
        List<Integer> categorical = Header.find("--categorical", spec.categorical(), names, spec.data());
        ignored = Header.find("--ignore", spec.ignored(), names, spec.data());
        for (int column : ignored) {
            if (targets.contains(column)) {
                throw new IllegalArgumentException(
                        "--ignore: the target cannot be ignored; got " + MessageText.quote(names.get(column)));
            }
        }
        shape = new RowShape(names.size());
        facts = new ArrayList<>(names.size());
        for (int column = 0; column < names.size(); column++) {
            facts.add(new ColumnFacts(categorical.contains(column)));
            if (cells.get(column).isEmpty()) {
                unnamed.add(column);
            }
        }
    }

    @Override
    public void cell(int column, char[] text, int from, int to) {
        characters += to - from + 1;
        shape.cell(column, text, from, to);
        if (column < facts.size()) {
            facts.get(column).cell(text, from, to, words);
        }
    }

    @Override
    public boolean end(long line, int cells) throws IOException {
        RowShape.Kind kind = shape.end(cells);
        switch (kind) {
            case WHOLE, TRAILING -> {
                for (ColumnFacts each : facts) {
                    counted += each.count(line, MOST_COUNTED - counted);
                }
            }
            case COMMENT, BROKEN -> facts.forEach(ColumnFacts::forget);
        }
        trailing += kind == RowShape.Kind.TRAILING ? 1 : 0;
        if (kind == RowShape.Kind.COMMENT) {
            comments++;
        } else {
            rows++;
        }
        if (rows == ROWS_BEFORE_CHECK) {
            requireMemory();
        }
        return true;
    }

    /// Refuses a table that is too large before all of it was read.
    private void requireMemory() throws IOException {
        long bytes = Math.max(characters, taken.getAsLong() - READ_AHEAD);
        long estimated = Math.ceilDiv(Files.size(spec.data()) * rows, bytes);
        long columns = (long) facts.size() - targets.size() - ignored.size();
        MemoryCheck.require(estimated, columns, Float.BYTES * columns + 2L * Double.BYTES * targets.size());
    }

    // ---- what follows ----

    /// The use of each column; a column that can be read in several ways is an [IOException] that tells how to
    /// choose.
    TablePlan plan() throws IOException {
        Optional<DecimalMark> mark = markOfFile();
        List<ColumnPlan> columns = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            columns.add(targets.contains(column) ? target(column, mark) : input(column, mark));
        }
        return checked(new TablePlan(names, columns, missing));
    }

    /// The use of each column of a table that was read before.
    ///
    /// @throws IOException if a column is missing
    TablePlan plan(Schema.Table earlier, Schema.Outputs outputs) throws IOException {
        Map<String, Schema.Column> known = new LinkedHashMap<>();
        earlier.columns().forEach(column -> known.put(CellText.of(column.name()), column));
        Optional<DecimalMark> mark = markOfFile();
        List<ColumnPlan> columns = new ArrayList<>();
        for (int column = 0; column < names.size(); column++) {
            Schema.Column as = known.remove(names.get(column));
            if (targets.contains(column)) {
                NumberNotation notation = facts.get(column).notation(spec.decimalMark(), mark);
                columns.add(new ColumnPlan(TargetRows.role(outputs), notation, 0));
            } else {
                columns.add(
                        switch (as) {
                            case null -> new ColumnPlan(Role.IGNORED);
                            case Schema.Number number ->
                                new ColumnPlan(Role.NUMBER, number.notation(), number.origin());
                            case Schema.Category _ -> new ColumnPlan(Role.CATEGORY);
                        });
            }
        }
        for (String name : known.keySet()) {
            throw new IOException("cannot read %s: it must have the column %s; its columns are %s"
                    .formatted(spec.data(), MessageText.quote(name), MessageText.list(names)));
        }
        return checked(new TablePlan(names, columns, missing));
    }

    private TablePlan checked(TablePlan plan) throws IOException {
        if (plan.count(Role.NUMBER, Role.CATEGORY) == 0) {
            throw new IOException("cannot read %s: at least one column beside the target is needed; its columns are %s"
                    .formatted(spec.data(), MessageText.list(names)));
        }
        return plan;
    }

    /// The decimal mark that all columns have which can have only one; empty if there are none, or they differ.
    private Optional<DecimalMark> markOfFile() {
        if (spec.decimalMark().isPresent()) {
            return spec.decimalMark();
        }
        Set<DecimalMark> marks = new TreeSet<>();
        for (int column = 0; column < facts.size(); column++) {
            if (!ignored.contains(column)) {
                facts.get(column).sureMark().ifPresent(marks::add);
            }
        }
        return marks.size() == 1 ? Optional.of(marks.iterator().next()) : Optional.empty();
    }

    private ColumnPlan input(int column, Optional<DecimalMark> mark) throws IOException {
        ColumnFacts of = facts.get(column);
        if (ignored.contains(column) || isLeftOut(column)) {
            return new ColumnPlan(Role.IGNORED);
        }
        ColumnFacts.Kind kind = of.kind(spec.decimalMark(), mark);
        return switch (kind) {
            case NUMBERS ->
                new ColumnPlan(Role.NUMBER, of.notation(spec.decimalMark(), mark), spec.origins() ? of.origin() : 0);
            case CATEGORIES -> new ColumnPlan(Role.CATEGORY);
            case DATES, AMBIGUOUS, UNITS, MIXED ->
                throw refusal(
                        kind,
                        column,
                        MessageText.option("leave it out with --ignore", names.get(column))
                                + ", or take its texts as they are with "
                                + MessageText.option("--categorical", names.get(column)));
        };
    }

    /// Returns whether a column without a name says nothing: it is empty, because lines end in a delimiter, or it
    /// counts rows.
    private boolean isLeftOut(int column) {
        return unnamed.contains(column)
                && (facts.get(column).isEmpty()
                        || (column == 0 && facts.get(column).countsRows()));
    }

    private ColumnPlan target(int column, Optional<DecimalMark> mark) throws IOException {
        ColumnFacts of = facts.get(column);
        ColumnFacts.Kind kind = of.kind(spec.decimalMark(), mark);
        return switch (kind) {
            case NUMBERS ->
                isCodes(column)
                        ? new ColumnPlan(Role.TARGET_CLASS)
                        : new ColumnPlan(Role.TARGET_NUMBER, of.notation(spec.decimalMark(), mark), 0);
            case CATEGORIES -> {
                requireClassesWanted(column);
                yield new ColumnPlan(Role.TARGET_CLASS);
            }
            case DATES, AMBIGUOUS, UNITS, MIXED ->
                throw refusal(
                        kind,
                        column,
                        "for classes that are called like this, say "
                                + MessageText.option("--categorical", names.get(column)));
        };
    }

    /// Returns whether the only target has numbers with leading zeros, which are names then.
    private boolean isCodes(int column) {
        return targets.size() == 1
                && !facts.get(column).leadingZero().isEmpty()
                && !spec.task().equals(Optional.of(Task.REGRESSION));
    }

    private IOException refusal(ColumnFacts.Kind kind, int column, String remedy) {
        ColumnFacts of = facts.get(column);
        String name = MessageText.quote(names.get(column));
        String problem = switch (kind) {
            case DATES ->
                MessageText.format(
                        "column %s holds dates or times, such as %s, which are neither numbers nor categories:"
                                + " put what matters of them (year, month, hour) into columns of their own",
                        name, MessageText.quote(of.firstDate()));
            case AMBIGUOUS ->
                MessageText.format(
                        "column %s has numbers such as %s, whose comma may be a decimal mark or part thousands:"
                                + " say --decimal-mark comma or --decimal-mark point",
                        name, MessageText.quote(of.firstNumber()));
            case UNITS ->
                MessageText.format(
                        "column %s has numbers in several units, such as %s (signs: %s): bring them to one unit",
                        name, MessageText.quote(of.firstNumber()), MessageText.list(List.copyOf(of.units())));
            case MIXED, NUMBERS, CATEGORIES ->
                MessageText.format(
                        "column %s must be numbers or categories; %,d of its %,d cells are numbers, and line %d"
                                + " has %s: if such a text means that the value is missing, name it with"
                                + " --missing",
                        name, of.numbers(), of.present(), of.firstTextLine(), MessageText.quote(of.firstText()));
        };
        return new IOException("cannot read %s: %s; or %s".formatted(spec.data(), problem, remedy));
    }

    private void requireClassesWanted(int column) throws IOException {
        ColumnFacts of = facts.get(column);
        String name = MessageText.quote(names.get(column));
        if (targets.size() > 1) {
            throw new IOException("cannot read %s: line %s: several targets must be numbers; column %s has %s"
                    .formatted(spec.data(), of.firstTextLine(), name, MessageText.quote(of.firstText())));
        }
        if (spec.task().equals(Optional.of(Task.REGRESSION))) {
            throw new IOException("cannot read %s: line %s: the target of regression must be numbers; column %s has %s"
                    .formatted(spec.data(), of.firstTextLine(), name, MessageText.quote(of.firstText())));
        }
    }

    /// The number of rows of the file.
    long rows() {
        return rows;
    }

    /// The number of input values of a row, as far as it is known.
    long width(TablePlan plan) {
        long width = plan.count(Role.NUMBER);
        for (int column : plan.columns(Role.CATEGORY)) {
            width += facts.get(column).distinct();
        }
        return width;
    }

    /// The number of possible categories of a column, as far as they were counted.
    int distinct(int column) {
        return facts.get(column).distinct();
    }

    /// The format of the file.
    String format() {
        String parted = "parted by " + dialect.describe();
        return encoding.equals(StandardCharsets.UTF_8) ? parted : parted + ", " + encoding.name();
    }

    // ---- remarks ----

    /// Notes for the user on the interpretation of the table.
    List<String> remarks(TablePlan plan) {
        List<String> remarks = new ArrayList<>();
        remarkOnLines(remarks);
        remarkOnNotations(plan, remarks);
        for (int column = 0; column < names.size(); column++) {
            remarkOnColumn(plan, column, remarks);
        }
        return remarks;
    }

    private void remarkOnLines(List<String> remarks) {
        if (Header.looksLikeData(names)) {
            remarks.add(
                    "the first line was taken for the columns' names, but looks like data: " + MessageText.list(names));
        }
        long commentLines = comments + dialect.comments();
        if (commentLines > 0) {
            remarks.add(MessageText.format("%,d lines that begin with # were taken for comments", commentLines));
        }
        if (trailing > 0) {
            remarks.add(
                    MessageText.format("%,d lines end in a delimiter; the empty cell after it was left out", trailing));
        }
        for (int column : unnamed) {
            String number = MessageText.format("column %,d has no name", column + 1);
            if (!isLeftOut(column)) {
                remarks.add(number + "; it is called " + MessageText.quote(names.get(column)));
            } else if (facts.get(column).isEmpty()) {
                remarks.add(number + " and is empty; it was left out");
            } else {
                remarks.add(number + " and counts the rows; it was left out");
            }
        }
    }

    private void remarkOnNotations(TablePlan plan, List<String> remarks) {
        Map<String, List<String>> byNotation = new LinkedHashMap<>();
        for (int column = 0; column < names.size(); column++) {
            NumberNotation notation = plan.columns().get(column).notation();
            if (!notation.equals(NumberNotation.PLAIN)) {
                List<String> of = byNotation.computeIfAbsent(notation.describe(), _ -> new ArrayList<>());
                of.add(names.get(column));
            }
        }
        byNotation.forEach((notation, columns) ->
                remarks.add("numbers with %s: %s".formatted(notation, MessageText.list(columns))));
    }

    private void remarkOnColumn(TablePlan plan, int column, List<String> remarks) {
        ColumnFacts of = facts.get(column);
        String name = MessageText.quote(names.get(column));
        switch (plan.role(column)) {
            case NUMBER -> {
                remarkOnUnits(of, name, remarks);
                if (!of.leadingZero().isEmpty()) {
                    remarks.add("column %s has numbers with leading zeros, such as %s; if they are codes, say %s"
                            .formatted(
                                    name,
                                    MessageText.quote(of.leadingZero()),
                                    MessageText.option("--categorical", names.get(column))));
                } else if (of.countsRows()
                        && of.present() >= FEWEST_ROWS
                        && IDENTIFIER.matcher(names.get(column)).matches()) {
                    remarks.add(("column %s counts the rows, which does not help to predict new ones; leave it out"
                                    + " with %s")
                            .formatted(name, MessageText.option("--ignore", names.get(column))));
                }
            }
            case CATEGORY -> {
                if (of.isNearlyUnique()) {
                    remarks.add(("column %s has another value in nearly every row, which does not help to predict new"
                                    + " ones; leave it out with %s")
                            .formatted(name, MessageText.option("--ignore", names.get(column))));
                } else if (of.firstTextLine() > 0 && of.numbers() >= NUMBERS_REMARKED * of.present()) {
                    remarks.add("column %s is taken for categories: line %s has %s, which is no number"
                            .formatted(name, of.firstTextLine(), MessageText.quote(of.firstText())));
                }
            }
            case TARGET_NUMBER -> remarkOnUnits(of, name, remarks);
            case TARGET_CLASS -> {
                if (of.isNearlyUnique()) {
                    remarks.add(MessageText.format(
                            "column %s, the target, has another class in nearly every row: %,d classes in %,d rows",
                            name, of.distinct(), of.present()));
                }
            }
            case IGNORED -> {}
        }
    }

    private static void remarkOnUnits(ColumnFacts of, String name, List<String> remarks) {
        if (!of.units().isEmpty()) {
            remarks.add("column %s: numbers are read without their sign %s, such as %s"
                    .formatted(name, String.join(", ", of.units()), MessageText.quote(of.firstNumber())));
        }
    }
}
